//! Reports of a delivery, in whatever order they come in (domain.md section 10).

use super::*;
use crate::message::Delivery;

#[test]
fn reports_of_a_delivery_come_to_the_same_in_whatever_order() {
    use DeliveryState::{Delivered, Failed, Read, Sent};
    let ends_in = |reports: &[Delivery]| {
        let mut known = None;
        for report in reports {
            if Delivery::advances(known, *report) {
                known = Some(*report);
            }
        }
        known.map(|known| known.state)
    };
    // Each state at each of three instants, or not at all.
    for times in 0..4_usize.pow(4) {
        let mut left = times;
        let mut reports = Vec::new();
        for state in [Sent, Failed, Delivered, Read] {
            let seconds = left % 4;
            left /= 4;
            if let Some(seconds) = seconds.checked_sub(1) {
                let at = noon() + TimeDelta::seconds(i64::try_from(seconds).unwrap());
                reports.push(Delivery { state, at });
            }
        }
        let expected = ends_in(&reports);
        for order in orders(&reports) {
            assert_eq!(ends_in(&order), expected, "{order:?}");
        }
    }
}

/// All orders of these.
fn orders(of: &[Delivery]) -> Vec<Vec<Delivery>> {
    let Some((first, rest)) = of.split_first() else {
        return vec![Vec::new()];
    };
    let mut found = Vec::new();
    for order in orders(rest) {
        for place in 0..=order.len() {
            let mut one = order.clone();
            one.insert(place, *first);
            found.push(one);
        }
    }
    found
}
