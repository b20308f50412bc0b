//! Refusals before the body was read, and what becomes of the connection.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The head of a POST without a token.
fn nobodys(length: usize, more: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    )
}

/// The next answer: its head.
async fn answer(stream: &mut TcpStream) -> String {
    let read = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length = length.split_once("\r\n").unwrap().0.parse().unwrap();
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        head
    };
    timeout(PATIENCE, read).await.unwrap()
}

async fn is_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .unwrap();
    assert!(rest.is_empty());
}

#[tokio::test]
async fn after_a_refusal_the_connection_takes_the_next_request() {
    let server = Server::new();
    let mut stream = TcpStream::connect(server.listen().await).await.unwrap();
    let length = 40_000;
    stream
        .write_all(nobodys(length, "").as_bytes())
        .await
        .unwrap();
    // Not in one go with its head.
    tokio::time::sleep(Duration::from_millis(50)).await;
    stream.write_all(&vec![b' '; length]).await.unwrap();
    let refused = answer(&mut stream).await;
    assert!(refused.starts_with("http/1.1 401"), "{refused}");
    assert!(!refused.contains("connection: close"), "{refused}");

    let body = r#"{"query":"{ __typename }"}"#;
    let token = format!("Authorization: Bearer {}\r\n", server.token);
    let next = nobodys(body.len(), &token) + body;
    stream.write_all(next.as_bytes()).await.unwrap();
    let answered = answer(&mut stream).await;
    assert!(answered.starts_with("http/1.1 200"), "{answered}");
}

#[tokio::test]
async fn where_the_body_is_not_read_the_answer_says_that_the_connection_ends() {
    let server = Server::with(HttpOptions {
        body_timeout: Duration::from_millis(100),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let token = format!("Authorization: Bearer {}\r\n", server.token);
    for (head, status) in [
        // Long, slow, only sent when asked for; longer than allowed; slow, of somebody.
        (nobodys(200_000, ""), "401"),
        (nobodys(1_000, ""), "401"),
        (nobodys(1_000, "Expect: 100-continue\r\n"), "401"),
        (nobodys(1_000_000, &token), "413"),
        (nobodys(1_000, &token), "408"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let refused = answer(&mut stream).await;
        assert!(
            refused.starts_with(&format!("http/1.1 {status}")),
            "{refused}"
        );
        assert!(refused.contains("connection: close"), "{refused}");
        is_closed(&mut stream).await;
    }
}
