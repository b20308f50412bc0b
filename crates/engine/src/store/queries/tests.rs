//! How the databases plan the reads: by an index that stops at the page, whatever else the tables hold.

use std::sync::{Arc, Mutex};

use sea_orm::{ConnectionTrait as _, Statement, TransactionTrait as _};
use uuid::Uuid;

use super::audit::{AuditFilter, AuditSlice};
use super::*;
use domain::policy::Reading;
use domain::{AuditedAction, Code, Subject};

/// An empty database, and the statements that read it.
pub(super) struct Bench {
    pub store: Store,
    seen: Arc<Mutex<Vec<Statement>>>,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// On `SQLite`, and on `PostgreSQL` where `REGIE_TEST_POSTGRES_URL` names a server.
    pub async fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite().await];
        if let Ok(admin) = std::env::var("REGIE_TEST_POSTGRES_URL") {
            let name = format!("plans_{}", Uuid::now_v7().simple());
            let connection = sea_orm::Database::connect(&admin).await.unwrap();
            let create = format!("CREATE DATABASE {name}");
            connection.execute_unprepared(&create).await.unwrap();
            let (server, _) = admin.rsplit_once('/').unwrap();
            let folder = tempfile::tempdir().unwrap();
            all.push(Self::at(&format!("{server}/{name}"), folder).await);
        }
        all
    }

    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("regie.db").display()
        );
        Self::at(&url, folder).await
    }

    async fn at(url: &str, folder: tempfile::TempDir) -> Self {
        let mut store = Store::open(url).await.unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = seen.clone();
        let note = move |info: &sea_orm::metric::Info<'_>| {
            noted.lock().unwrap().push(info.statement.clone());
        };
        store.read.set_metric_callback(note);
        Self {
            store,
            seen,
            _folder: folder,
        }
    }

    /// The plans of the statements that this runs, line by line.
    pub async fn plans_of<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Vec<Vec<String>> {
        self.seen.lock().unwrap().clear();
        work.await.unwrap();
        let ran = std::mem::take(&mut *self.seen.lock().unwrap());
        let mut plans = Vec::new();
        for mut statement in ran {
            let sqlite = self.store.is_sqlite();
            let explain = if sqlite {
                "EXPLAIN QUERY PLAN"
            } else {
                "EXPLAIN"
            };
            statement.sql = format!("{explain} {}", statement.sql);
            let transaction = self.store.read.begin().await.unwrap();
            if !sqlite {
                // An empty table is read from end to end where that is allowed at all.
                let off = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";
                transaction.execute_unprepared(off).await.unwrap();
            }
            let rows = transaction.query_all_raw(statement).await.unwrap();
            let column = if sqlite { "detail" } else { "QUERY PLAN" };
            let lines = rows
                .iter()
                .map(|row| row.try_get::<String>("", column).unwrap());
            plans.push(lines.collect());
        }
        plans
    }
}

/// How often a table's rows are found by an index, in a plan that reads no table from end to end, sorts nothing and
/// numbers nothing.
pub(super) fn lookups(plan: &[String], table: &str) -> usize {
    for line in plan {
        for bad in [
            format!("SCAN {table}"),
            format!("Seq Scan on {table}"),
            "TEMP B-TREE".into(),
            "Sort".into(),
            "WindowAgg".into(),
        ] {
            assert!(!line.contains(&bad), "{bad}: {plan:#?}");
        }
    }
    let found = |line: &&String| {
        line.contains(&format!("SEARCH {table} USING")) || line.contains("Index Cond:")
    };
    plan.iter().filter(found).count()
}

fn conversations() -> Vec<ConversationId> {
    (0..50).map(|_| ConversationId(Uuid::now_v7())).collect()
}

const fn messages_of(count: u32, from_end: bool, reading: Reading) -> MessageSlice {
    MessageSlice {
        after: None,
        before: None,
        count,
        from_end,
        reading,
    }
}

#[tokio::test]
async fn pages_of_fifty_transcripts_are_fifty_walks_along_the_index() {
    for bench in Bench::all().await {
        for slice in [
            messages_of(1, true, Reading::Everything),
            messages_of(25, false, Reading::Own(AgentId(Uuid::nil()))),
            messages_of(25, false, Reading::Inside),
            messages_of(1, true, Reading::Public),
        ] {
            let keys: Vec<_> = conversations().into_iter().map(|id| (id, slice)).collect();
            let plans = bench.plans_of(transcripts(bench.store.clone(), keys)).await;
            assert_eq!(plans.len(), 1, "{slice:?}");
            assert_eq!(lookups(&plans[0], "messages"), 50, "{slice:?}");
        }
    }
}

#[tokio::test]
async fn pages_of_the_audit_of_fifty_conversations_are_fifty_walks_along_the_index() {
    for bench in Bench::all().await {
        for from_end in [true, false] {
            let slice = AuditSlice {
                after: None,
                before: None,
                count: 1,
                from_end,
            };
            let keys: Vec<_> = conversations()
                .into_iter()
                .map(|id| (id, None, slice))
                .collect();
            let plans = bench
                .plans_of(audit::audits(bench.store.clone(), keys))
                .await;
            assert_eq!(plans.len(), 1, "{slice:?}");
            assert_eq!(lookups(&plans[0], "audit"), 50, "{slice:?}");
        }
    }
}

fn filters() -> Vec<(AuditFilter, &'static str)> {
    let subject = || Subject::new("sam");
    let at = chrono::DateTime::UNIX_EPOCH;
    let of = AuditFilter::default;
    vec![
        (
            AuditFilter {
                own: subject(),
                ..of()
            },
            "ix_audit_subject",
        ),
        (
            AuditFilter {
                subject: subject(),
                ..of()
            },
            "ix_audit_subject",
        ),
        (
            AuditFilter {
                actions: Some(vec![AuditedAction::MonitorConversation]),
                ..of()
            },
            "ix_audit_action",
        ),
        (
            AuditFilter {
                conversation: Some(ConversationId(Uuid::nil())),
                ..of()
            },
            "ix_audit_conversation",
        ),
        (
            AuditFilter {
                conversation: Some(ConversationId(Uuid::nil())),
                own: subject(),
                ..of()
            },
            "ix_audit_conversation_subject",
        ),
        (
            AuditFilter {
                refused_only: true,
                ..of()
            },
            "ix_audit_refus",
        ),
        (
            AuditFilter {
                codes: Some(vec![Code::NotFound]),
                ..of()
            },
            "ix_audit_refusal",
        ),
        (
            AuditFilter {
                from: Some(at),
                ..of()
            },
            "ix_audit_at",
        ),
        (
            AuditFilter {
                to: Some(at),
                ..of()
            },
            "ix_audit_at",
        ),
        (
            AuditFilter {
                from: Some(at),
                to: Some(at),
                ..of()
            },
            "ix_audit_at",
        ),
    ]
}

#[tokio::test]
async fn every_filter_of_the_audit_is_answered_by_an_index() {
    for bench in Bench::all().await {
        for (filter, index) in filters() {
            // Entries stand in time almost as by number, and not quite: a range of time is sorted.
            let ordered = filter.from.is_none() && filter.to.is_none();
            let slice = AuditSlice {
                after: None,
                before: None,
                count: 25,
                from_end: false,
            };
            let page = bench.plans_of(bench.store.list_audit(&filter, slice)).await;
            let count = bench.plans_of(bench.store.count_audit(&filter)).await;
            for plan in [&page[0], &count[0]] {
                assert!(
                    plan.iter().any(|line| line.contains(index)),
                    "{index}: {plan:#?}"
                );
                let whole =
                    |line: &String| line == "SCAN audit" || line.contains("Seq Scan on audit");
                assert!(!plan.iter().any(whole), "{plan:#?}");
            }
            let sorted = page[0]
                .iter()
                .any(|line| line.contains("TEMP B-TREE") || line.contains("Sort"));
            assert!(!(ordered && sorted), "{filter:?}: {:#?}", page[0]);
        }
    }
}

#[tokio::test]
async fn what_changed_memberships_is_found_by_an_index_of_its_own() {
    for bench in Bench::all().await {
        let head = crate::log::Head {
            epoch: Uuid::nil(),
            position: 9,
            hash: 0,
        };
        let log = crate::store::EventLog::new(bench.store.clone(), head);
        let plans = bench.plans_of(log.memberships_between(1, 9)).await;
        assert_eq!(lookups(&plans[0], "events"), 1);
        let index = |line: &String| line.contains("ix_events_membership");
        assert!(plans[0].iter().any(index), "{plans:#?}");
    }
}
