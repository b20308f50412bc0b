//! A line to `PostgreSQL` that can be cut at a commit: it is held for a while, then the client is cut off, and
//! a while later the commit arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The simple query that commits.
const COMMIT: &[u8] = b"COMMIT";
/// How long a commit that is cut is held, and again until it arrives.
const WHILE: Duration = Duration::from_millis(500);

/// A line that all connections to `url` go over.
pub struct Line {
    pub url: String,
    /// Whether the next commit is to be cut.
    armed: Arc<AtomicBool>,
}

impl Line {
    /// A line to the server of this URL.
    pub async fn to(url: &str) -> Self {
        let (user, place) = url.rsplit_once('@').unwrap();
        let (server, database) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap();
        let armed = Arc::new(AtomicBool::new(false));
        let line = Self {
            url: format!("{user}@{own}/{database}"),
            armed: armed.clone(),
        };
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, armed.clone()));
            }
        });
        line
    }

    /// The client of the next commit is cut off.
    pub fn cut_at_the_next_commit(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Whether that commit has come.
    pub fn is_cut(&self) -> bool {
        !self.armed.load(Ordering::SeqCst)
    }
}

async fn carry(client: TcpStream, server: TcpStream, armed: Arc<AtomicBool>) {
    let (mut said, mut hears) = client.into_split();
    let (mut answers, mut asked) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut answers, &mut hears).await });
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = said.read(&mut bytes).await {
        let commits = bytes[..read]
            .windows(COMMIT.len())
            .any(|some| some == COMMIT);
        if commits && armed.swap(false, Ordering::SeqCst) {
            tokio::time::sleep(WHILE).await;
            // Both halves to the client go; the server's stay.
            back.abort();
            let _ = back.await;
            drop(said);
            tokio::time::sleep(WHILE).await;
            asked.write_all(&bytes[..read]).await.unwrap();
            // Its answer is not waited for by anybody; the connection lives until it has acted.
            tokio::time::sleep(Duration::from_secs(1)).await;
            return;
        }
        if asked.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
