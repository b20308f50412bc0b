//! What administrators change and delete, decided in one batch: each command sees what the earlier ones left
//! (domain.md sections 1 and 3).

use super::harness::ROBO;
use super::*;
use crate::patch::{AgentPatch, QueuePatch, WorkstreamPatch};
use crate::{CustomerId, Draft, Edit, Refusal};

/// Commands of one batch over the stage's world.
pub(super) struct Batch<'s> {
    stage: &'s Stage,
    pub(super) draft: Draft<'s>,
}

impl<'s> Batch<'s> {
    pub(super) fn over(stage: &'s Stage) -> Self {
        let draft = Draft::new(&stage.world);
        Self { stage, draft }
    }

    pub(super) fn does(&mut self, asker: &Asker, command: &Command) -> Result<Decision, Refusal> {
        let decision = decide(&self.draft, asker, command, None, self.stage.now)?;
        self.draft.absorb(&decision.events, &decision.actor);
        Ok(decision)
    }

    fn manages(&mut self, manage: Manage) -> Played {
        let played = self.does(&admin(), &Command::Manage(manage));
        let kinds = |decision: Decision| decision.events.iter().map(|e| e.change.kind()).collect();
        played.map(kinds).map_err(|refusal| refusal.code())
    }
}

fn hired(subject: &str) -> Manage {
    Manage::CreateAgent(commands::CreateAgent {
        id: AgentId::new(noon()),
        subject: Subject::new(subject).unwrap(),
        name: subject.into(),
        kind: AgentKind::Human,
        capacity: 1,
        queues: BTreeSet::new(),
    })
}

fn renamed(name: &str) -> AgentPatch {
    AgentPatch {
        name: Some(name.into()),
        ..AgentPatch::default()
    }
}

#[test]
fn a_subject_is_one_agents_at_every_moment_of_a_batch() {
    let stage = Stage::new();
    let mut batch = Batch::over(&stage);
    assert_eq!(batch.manages(hired("bram")), Err(Code::InvalidInput));
    let deleted = batch
        .manages(Manage::DeleteAgent(commands::DeleteAgent(BRAM)))
        .unwrap();
    let (gone, left) = deleted.split_last().unwrap();
    assert_eq!(*gone, Kind::AgentChanged);
    assert!(!left.is_empty(), "each queue is left first");
    for kind in left {
        assert_eq!(*kind, Kind::MembershipChanged);
    }
    let bram = Subject::new("bram").unwrap();
    assert!(batch.draft.agent_of(&bram).is_none());
    assert_eq!(batch.manages(hired("bram")), Ok(vec![Kind::AgentChanged]));
    assert_ne!(batch.draft.agent_of(&bram).unwrap().id, BRAM);
    assert_eq!(batch.manages(hired("bram")), Err(Code::InvalidInput));
    for again in [
        Manage::DeleteAgent(commands::DeleteAgent(BRAM)),
        Manage::UpdateAgent(commands::UpdateAgent(BRAM, renamed("Bram"))),
    ] {
        assert_eq!(batch.manages(again), Err(Code::TargetNotFound));
    }
}

#[test]
fn what_was_deleted_earlier_in_a_batch_is_gone_for_what_comes_later() {
    let mut stage = Stage::new();
    let starting = stage.starting(Channel::Record);
    let workstream = starting.workstream;
    let mut batch = Batch::over(&stage);
    let member = Manage::RemoveMember(commands::RemoveMember {
        agent: ANNA,
        queue: RECORDS,
    });
    assert_eq!(
        batch.manages(Manage::DeleteQueue(commands::DeleteQueue(RECORDS))),
        Err(Code::ResourceInUse)
    );
    batch.manages(member).unwrap();
    assert_eq!(
        batch.manages(Manage::DeleteQueue(commands::DeleteQueue(RECORDS))),
        Err(Code::ResourceInUse)
    );
    batch
        .manages(Manage::RemoveMember(commands::RemoveMember {
            agent: BRAM,
            queue: RECORDS,
        }))
        .unwrap();
    assert_eq!(
        batch.manages(Manage::DeleteQueue(commands::DeleteQueue(RECORDS))),
        Ok(vec![Kind::QueueChanged])
    );
    let code = |batch: &mut Batch<'_>| {
        let started = batch.does(&gateway(), &Command::Start(starting.clone().into()));
        started.map(drop).map_err(|refusal| refusal.code())
    };
    assert_eq!(code(&mut batch), Err(Code::TargetNotFound));
    assert_eq!(
        batch.manages(Manage::UpdateQueue(commands::UpdateQueue(
            RECORDS,
            QueuePatch::default()
        ))),
        Err(Code::TargetNotFound)
    );
    assert_eq!(
        batch.manages(Manage::AddMember(commands::AddMember {
            agent: ANNA,
            queue: RECORDS
        })),
        Err(Code::TargetNotFound)
    );
    assert_eq!(
        batch.manages(Manage::DeleteWorkstream(commands::DeleteWorkstream(
            workstream
        ))),
        Ok(vec![Kind::WorkstreamChanged])
    );
    let again = Manage::UpdateWorkstream(commands::UpdateWorkstream(
        workstream,
        WorkstreamPatch::default(),
    ));
    assert_eq!(batch.manages(again), Err(Code::TargetNotFound));
    // What started earlier in the batch keeps its queue.
    let starting = stage.starting(Channel::WhatsApp);
    let mut batch = Batch::over(&stage);
    for agent in [ANNA, BRAM, CARLA, ROBO] {
        batch
            .manages(Manage::RemoveMember(commands::RemoveMember {
                agent,
                queue: SUPPORT,
            }))
            .unwrap();
    }
    let queue = starting.queue;
    batch
        .does(&gateway(), &Command::Start(starting.into()))
        .unwrap();
    assert_eq!(
        batch.manages(Manage::DeleteQueue(commands::DeleteQueue(queue))),
        Err(Code::ResourceInUse)
    );
}

#[test]
fn an_event_tells_whether_something_was_made_changed_or_deleted() {
    let stage = Stage::new();
    let mut batch = Batch::over(&stage);
    let mut edit = |manage| {
        let decision = batch.does(&admin(), &Command::Manage(manage)).unwrap();
        match decision.events.last().unwrap().change {
            Change::AgentChanged { edit, .. } => edit,
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(edit(hired("dora")), Edit::Created);
    assert_eq!(
        edit(Manage::UpdateAgent(commands::UpdateAgent(
            DIRK,
            renamed("dirk-2")
        ))),
        Edit::Updated
    );
    assert_eq!(
        edit(Manage::DeleteAgent(commands::DeleteAgent(DIRK))),
        Edit::Deleted
    );
    // An event of earlier times says nothing, and was a creation.
    let old: Change = serde_json::from_str(r#"{"type":"AgentChanged"}"#).unwrap();
    assert_eq!(
        old,
        Change::AgentChanged {
            edit: Edit::Created,
            of: BTreeSet::new(),
        }
    );
}

#[test]
fn a_deleted_thing_is_named_but_no_longer_there() {
    let mut stage = Stage::new();
    let events = {
        let mut batch = Batch::over(&stage);
        batch
            .does(
                &admin(),
                &Command::Manage(Manage::DeleteAgent(commands::DeleteAgent(DIRK))),
            )
            .unwrap()
            .events
    };
    for event in &events {
        stage.world.apply(event);
    }
    assert!(!stage.world.agents.contains_key(&DIRK));
    assert!(
        stage
            .world
            .agent_of(&Subject::new("dirk").unwrap())
            .is_none()
    );
    let named = stage.world.named_agent(DIRK).unwrap();
    assert_eq!((&*named.name, named.deleted_at), ("dirk", Some(stage.now)));
    assert!(named.queues.is_empty());
}

#[test]
fn only_who_is_there_and_has_nothing_ongoing_is_erased_once() {
    let (stage, id) = Stage::with(Channel::WhatsApp);
    let customer = stage.conversation(id).customer;
    let nobody = CustomerId::new(noon());
    let remember = |batch: &mut Batch<'_>, erased_at| {
        let known = KnownCustomer {
            erased_at,
            ..KnownCustomer::new(customer)
        };
        batch
            .draft
            .remember_customer(CustomerRef::Id(customer), known);
    };
    let erase =
        |customer| Manage::EraseCustomer(commands::EraseCustomer(CustomerRef::Id(customer)));
    let mut batch = Batch::over(&stage);
    remember(&mut batch, None);
    assert_eq!(batch.manages(erase(customer)), Err(Code::ResourceInUse));
    assert_eq!(batch.manages(erase(nobody)), Err(Code::TargetNotFound));
    let stage = Stage::new();
    let mut batch = Batch::over(&stage);
    for (erased_at, texts) in [(None, 1), (Some(stage.now), 0)] {
        remember(&mut batch, erased_at);
        let command = Command::Manage(erase(customer));
        let decision = batch.does(&admin(), &command).unwrap();
        assert_eq!((decision.events.len(), decision.texts.len()), (0, texts));
        assert_eq!(decision.outcome.erased, Some((customer, stage.now)));
    }
}
