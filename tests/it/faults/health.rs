//! What `/health/ready` says all the while.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// How often it is asked.
const EVERY: Duration = Duration::from_millis(50);

/// One answer.
struct Answer {
    asked: Instant,
    came: Instant,
    status: u16,
}

/// One who asks again and again, and keeps every answer.
pub struct Health {
    answers: Arc<Mutex<Vec<Answer>>>,
    task: JoinHandle<()>,
}

impl Health {
    /// Begins to ask the server whose API is at this address.
    pub fn watch(url: &str) -> Self {
        let answers = Arc::new(Mutex::new(Vec::new()));
        let ready = url.replace("/graphql", "/health/ready");
        let kept = answers.clone();
        let task = tokio::spawn(async move {
            let http = reqwest::Client::new();
            loop {
                let asked = Instant::now();
                if let Ok(answer) = http.get(&ready).send().await {
                    kept.lock().unwrap().push(Answer {
                        asked,
                        came: Instant::now(),
                        status: answer.status().as_u16(),
                    });
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { answers, task }
    }

    /// How often it was ready, and how often not, of the answers that were asked for and came in this time.
    pub fn between(&self, from: Instant, to: Instant) -> (usize, usize) {
        let answers = self.answers.lock().unwrap();
        let within = answers.iter().filter(|it| from <= it.asked && it.came < to);
        let ready = within.clone().filter(|it| it.status == 200).count();
        (ready, within.count() - ready)
    }

    /// Whether it was ready when it was last asked.
    pub fn is_ready(&self) -> bool {
        let answers = self.answers.lock().unwrap();
        answers.last().is_some_and(|it| it.status == 200)
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        self.task.abort();
    }
}
