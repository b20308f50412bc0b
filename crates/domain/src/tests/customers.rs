//! Customers by themselves: who may name and merge them, and what comes of it (domain.md section 11).

use super::administration::Batch;
use super::*;

const CUSTOMER: &str = "cust_0190163d8694739baea5966c26f8ad91";

fn id(number: u8) -> CustomerId {
    let text = format!("{}{number:02x}", &CUSTOMER[..CUSTOMER.len() - 2]);
    text.parse().unwrap()
}

fn known(number: u8) -> KnownCustomer {
    KnownCustomer {
        name: Some("Ada".into()),
        sources: [Source::new("gateway").unwrap()].into(),
        ..KnownCustomer::new(id(number))
    }
}

fn update(number: u8, name: &str) -> Command {
    Command::UpdateCustomer(commands::UpdateCustomer {
        customer: CustomerRef::Id(id(number)),
        name: name.into(),
    })
}

fn merge(merged: CustomerId, surviving: CustomerId) -> Command {
    Command::Manage(Manage::MergeCustomers(commands::MergeCustomers {
        merged,
        surviving,
    }))
}

#[test]
fn each_ongoing_conversation_is_told_the_newest_hundred_at_most() {
    let mut stage = Stage::new();
    let mut newest = Vec::new();
    let customer = id(1);
    for _ in 0..105 {
        let start = commands::Start {
            customer,
            ..stage.starting(Channel::WhatsApp)
        };
        newest.push(start.id);
        stage
            .play(&gateway(), &Command::Start(start.into()))
            .unwrap();
    }
    newest.sort_unstable();
    let mut batch = Batch::over(&stage);
    batch
        .draft
        .remember_customer(CustomerRef::Id(customer), known(1));
    let decision = batch.does(&admin(), &update(1, "Bea")).unwrap();
    let told: Vec<_> = decision
        .events
        .iter()
        .filter_map(|event| Some(event.conversation()?.id))
        .collect();
    assert_eq!(told, newest[5..]);
    for event in &decision.events {
        assert_eq!(event.change, Change::CustomerChanged { customer });
        let before = stage.conversation(event.conversation().unwrap().id);
        assert_eq!(event.conversation().unwrap(), &before, "nothing changes");
        assert_eq!(event.before, None);
    }
    assert_eq!(decision.texts.len(), 1);
}

#[test]
fn the_same_name_again_is_no_event_and_nobody_elses_is_named() {
    let stage = Stage::new();
    let mut batch = Batch::over(&stage);
    batch
        .draft
        .remember_customer(CustomerRef::Id(id(1)), known(1));
    let again = batch.does(&gateway(), &update(1, "Ada")).unwrap();
    assert!(again.events.is_empty() && again.texts.is_empty());
    assert_eq!(again.outcome.customer, Some(id(1)));
    let mut elsewhere = known(2);
    elsewhere.sources = [Source::new("elsewhere").unwrap()].into();
    let mut before = known(3);
    before.sources.clear();
    before.before = [Source::new("gateway").unwrap()].into();
    let mut erased = known(4);
    erased.erased_at = Some(noon());
    for (number, customer) in [(2, elsewhere), (3, before), (4, erased)] {
        let named = CustomerRef::Id(id(number));
        batch.draft.remember_customer(named, customer);
    }
    let mut code = |asker: &Asker, number| {
        let refused = batch.does(asker, &update(number, "Bea"));
        refused.err().map(|refusal| refusal.code())
    };
    assert_eq!(code(&gateway(), 2), Some(Code::TargetNotFound));
    assert_eq!(code(&admin(), 2), None);
    assert_eq!(code(&gateway(), 3), None);
    for asker in [gateway(), admin()] {
        assert_eq!(code(&asker, 4), Some(Code::TargetNotFound));
        assert_eq!(code(&asker, 5), Some(Code::TargetNotFound));
    }
    for asker in [anna(), sofie()] {
        assert_eq!(code(&asker, 1), Some(Code::RoleRequired));
    }
}

#[test]
fn a_merged_customers_conversations_are_the_survivors() {
    let mut stage = Stage::new();
    let (one, other) = (id(1), id(2));
    for customer in [one, other] {
        let start = commands::Start {
            customer,
            ..stage.starting(Channel::WhatsApp)
        };
        stage
            .play(&gateway(), &Command::Start(start.into()))
            .unwrap();
    }
    let mut batch = Batch::over(&stage);
    for number in [1, 2] {
        let named = CustomerRef::Id(id(number));
        batch.draft.remember_customer(named, known(number));
    }
    let decision = batch.does(&admin(), &merge(one, other)).unwrap();
    assert_eq!(decision.events.len(), 2);
    assert_eq!(decision.outcome.customer, Some(other));
    let world = &mut stage.world;
    for event in &decision.events {
        world.apply(event);
    }
    for customer in [one, other] {
        assert_eq!(world.survivor(customer), other);
        assert_eq!(world.of_customer(customer).count(), 2);
        let draft = Draft::new(world);
        assert_eq!(draft.of_customer(customer).count(), 2);
        let in_use = InUse::of_customer(&draft, customer);
        assert_eq!(in_use.conversation_count, 2);
    }
    // With what was theirs, the id is forgotten.
    let ids: Vec<_> = world.of_customer(one).map(|c| (c.id, c.customer)).collect();
    for (conversation, customer) in ids {
        let mut closed = (*world.conversations[&conversation]).clone();
        closed.state = State::Closed;
        world.put(&After::Conversation(closed.into()));
        let survivor = if customer == one { one } else { other };
        assert_eq!(world.survivor(customer), survivor);
    }
}
