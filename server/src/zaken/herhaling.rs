//! Holding what a search finds now against what a zoekactie found then: what came, what changed, what went, and the
//! index runs in between. Owns the comparison. Never runs a search.

use super::acties::Verslag;
use super::telling::Member;
use crate::audit::hex;
use serde::Serialize;
use zv_indexer::account::Account;
use zv_shared::DocId;

/// What is different in the list of found documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verschil {
    /// Found now, not then.
    pub toegevoegd: Vec<Member>,
    /// Found both times, with other content: then and now.
    pub gewijzigd: Vec<(Member, Member)>,
    /// Found then, not now.
    pub verdwenen: Vec<Member>,
}

/// Compares two lists; both are sorted by id and have each id once.
pub fn verschil(then: &[Member], now: &[Member]) -> Verschil {
    let (mut then, mut now) = (then.iter().peekable(), now.iter().peekable());
    let mut found = Verschil::default();
    loop {
        match (then.peek(), now.peek()) {
            (None, None) => return found,
            (Some(was), Some(is)) if was.0 == is.0 => {
                if was.1 != is.1 {
                    found.gewijzigd.push((**was, **is));
                }
                then.next();
                now.next();
            }
            (Some(was), Some(is)) if was.0 > is.0 => {
                found.toegevoegd.push(**is);
                now.next();
            }
            (Some(was), _) => {
                found.verdwenen.push(**was);
                then.next();
            }
            (None, Some(is)) => {
                found.toegevoegd.push(**is);
                now.next();
            }
        }
    }
}

/// The runs since a search, of the sources that it searched, the oldest first.
pub fn runs_since(verslag: &Verslag, mut accounts: Vec<Account>) -> Vec<Account> {
    let later = |account: &Account| {
        let searched = verslag
            .bronnen
            .iter()
            .find(|bron| bron.naam == account.bron);
        match searched {
            Some(bron) => bron.run.is_none_or(|run| account.run > run),
            // Of a search without known sources all runs count that began later.
            None => verslag.bronnen.is_empty() && account.begonnen > verslag.begonnen,
        }
    };
    accounts.retain(later);
    accounts.sort_by_key(|account| account.run);
    accounts
}

/// One document in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Regel {
    /// Id of the document.
    pub document: String,
    /// SHA-256 of its bytes then; empty when it was not found or has no bytes of its own.
    pub was: String,
    /// The same now.
    pub wordt: String,
    /// Source and path, as far as whoever asks may know and it is still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plaats: Option<String>,
}

impl Regel {
    /// A document with its content then and now.
    pub fn new(then: Option<&Member>, now: Option<&Member>) -> Self {
        let hash = |member: Option<&Member>| {
            let content = member
                .map(|(_, content)| content)
                .filter(|content| **content != [0; 32]);
            content.map(|content| hex(content)).unwrap_or_default()
        };
        Regel {
            document: now
                .or(then)
                .map(|(id, _)| DocId(*id).to_string())
                .unwrap_or_default(),
            was: hash(then),
            wordt: hash(now),
            plaats: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_came_changed_and_went_is_told_apart() {
        let one = |id: u8, content: u8| ([id; 16], [content; 32]);
        let then = [one(1, 1), one(2, 1), one(4, 1)];
        let now = [one(1, 1), one(2, 9), one(3, 1), one(5, 1)];
        let found = verschil(&then, &now);
        assert_eq!(found.toegevoegd, [one(3, 1), one(5, 1)]);
        assert_eq!(found.gewijzigd, [(one(2, 1), one(2, 9))]);
        assert_eq!(found.verdwenen, [one(4, 1)]);
        assert_eq!(verschil(&then, &then), Verschil::default());
    }

    proptest! {
        #[test]
        fn the_difference_leads_from_then_to_now(
            then in proptest::collection::btree_map(0u8..20, 0u8..3, 0..20),
            now in proptest::collection::btree_map(0u8..20, 0u8..3, 0..20),
        ) {
            let list = |map: &BTreeMap<u8, u8>| -> Vec<Member> {
                map.iter().map(|(id, content)| ([*id; 16], [*content; 32])).collect()
            };
            let found = verschil(&list(&then), &list(&now));
            let mut made: BTreeMap<[u8; 16], [u8; 32]> = list(&then).into_iter().collect();
            for (id, _) in &found.verdwenen {
                prop_assert!(made.remove(id).is_some());
            }
            for (was, is) in &found.gewijzigd {
                prop_assert_eq!(made.insert(is.0, is.1), Some(was.1));
            }
            for (id, content) in &found.toegevoegd {
                prop_assert_eq!(made.insert(*id, *content), None);
            }
            prop_assert_eq!(made.into_iter().collect::<Vec<_>>(), list(&now));
        }
    }
}
