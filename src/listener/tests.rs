//! The listener's bounds, over real connections.

use std::net::SocketAddr;

use axum::extract::ws::WebSocketUpgrade;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;

const ASKS: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/// As long as `/large` is.
const LARGE: usize = 256 * 1024;
/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough to be sure that nothing comes.
const MOMENT: Duration = Duration::from_millis(300);

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    /// Lets `/slow` answer.
    go: Arc<Notify>,
    ended: JoinHandle<()>,
}

fn served(connections: usize, head: Duration) -> Served {
    let taking = PATIENCE;
    served_within(Bounds {
        connections,
        head,
        taking,
    })
}

fn served_within(bounds: Bounds) -> Served {
    let go = Arc::new(Notify::new());
    let slow = go.clone();
    let router = Router::new()
        .route("/", get(async || "here"))
        .route("/large", get(async || "x".repeat(LARGE)))
        .route("/slow", get(async move || slow.notified().await))
        .route(
            "/socket",
            get(async |upgrade: WebSocketUpgrade| {
                upgrade.on_upgrade(async |mut socket| while socket.recv().await.is_some() {})
            }),
        );
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve(listener, router, bounds, stop.clone()));
    Served {
        address,
        stop,
        go,
        ended,
    }
}

impl Served {
    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let length = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap();
    String::from_utf8_lossy(&bytes[..length.unwrap()]).into_owned()
}

async fn is_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .unwrap();
}

async fn is_silent(stream: &mut TcpStream) {
    let read = timeout(MOMENT, stream.read_u8()).await;
    assert!(read.is_err(), "{read:?}");
}

#[tokio::test]
async fn a_connection_that_brings_no_whole_head_or_idles_is_closed() {
    // Long enough for an honest request on a machine that stalls.
    let server = served(10, Duration::from_secs(2));
    let mut all = Vec::new();
    for begun in [
        &b""[..],
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    ] {
        all.push(server.send(begun).await);
    }
    for stream in &mut all {
        is_closed(stream).await;
    }
    let mut answered = server.send(ASKS).await;
    assert!(answer(&mut answered).await.starts_with("HTTP/1.1 200"));
    is_closed(&mut answered).await;
}

#[tokio::test]
async fn a_head_that_grows_without_end_is_refused() {
    let server = served(10, PATIENCE);
    let mut stream = server.send(b"GET / HTTP/1.1\r\nX: ").await;
    let line = [b'x'; 16 * 1024];
    for _ in 0..2 * HEAD_BYTES / line.len() {
        if stream.write_all(&line).await.is_err() {
            break;
        }
    }
    is_closed(&mut stream).await;
}

#[tokio::test]
async fn a_connection_too_many_waits_until_another_has_ended() {
    let server = served(2, PATIENCE);
    let mut first = server.send(ASKS).await;
    answer(&mut first).await;
    let mut second = server.send(ASKS).await;
    answer(&mut second).await;
    let mut third = server.send(ASKS).await;
    is_silent(&mut third).await;
    drop(first);
    assert!(answer(&mut third).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answers_is_ended() {
    let server = served_within(Bounds {
        connections: 1,
        head: PATIENCE,
        taking: MOMENT,
    });
    // More than what the system keeps for both ends, asked for at once.
    let asks = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200);
    let mut greedy = server.send(&asks).await;
    let mut other = server.send(ASKS).await;
    assert!(answer(&mut other).await.starts_with("HTTP/1.1 200"));
    drop(other);
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, greedy.read_to_end(&mut rest))
        .await
        .unwrap();
    assert!(rest.len() < 200 * LARGE, "it was all sent");
}

#[tokio::test]
async fn who_takes_slowly_gets_it_all() {
    let server = served_within(Bounds {
        connections: 1,
        head: PATIENCE,
        taking: Duration::from_secs(3),
    });
    // 250 kilobytes a second: a third of what systems keep for a connection would take longer than may be.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut slow = socket.connect(server.address).await.unwrap();
    let mut asks = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(17);
    asks.extend(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    slow.write_all(&asks).await.unwrap();
    let (mut taken, mut some) = (0, vec![0; 50 * 1024]);
    loop {
        let read = timeout(PATIENCE, slow.read(&mut some)).await.unwrap();
        match read.expect("it was cut") {
            0 => break,
            bytes => taken += bytes,
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(taken > 18 * LARGE, "{taken}");
}

#[tokio::test]
async fn a_web_socket_keeps_its_place() {
    let server = served(1, PATIENCE);
    let mut socket = server
        .send(
            b"GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
              Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        )
        .await;
    assert!(answer(&mut socket).await.starts_with("HTTP/1.1 101"));
    let mut other = server.send(ASKS).await;
    is_silent(&mut other).await;
    drop(socket);
    assert!(answer(&mut other).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_stop_lets_requests_finish_and_closes_what_idles() {
    let server = served(10, PATIENCE);
    let mut idle = server.send(ASKS).await;
    answer(&mut idle).await;
    let mut slow = server.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    is_silent(&mut slow).await;
    server.stop.cancel();
    is_closed(&mut idle).await;
    assert!(!server.ended.is_finished());
    server.go.notify_one();
    assert!(answer(&mut slow).await.starts_with("HTTP/1.1 200"));
    timeout(PATIENCE, server.ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
