//! What several scopes have in common: a part of a part. Owns putting them together and naming the result. Never looks at
//! documents.

use super::layout::shortened;
use super::{Reach, Scope};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// For each source the ways in, of all of which one must be open; none when all of the source that is not closed is
/// wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `None`: every source.
    bronnen: Option<BTreeMap<String, BTreeSet<BTreeSet<Reach>>>>,
}

impl Wanted {
    /// What is in `scope`.
    pub fn of(scope: &Scope) -> Self {
        let all = |reaches: &BTreeSet<Reach>| reaches.contains(&Reach::Everything);
        let ways = |reaches: &BTreeSet<Reach>| match all(reaches) {
            true => BTreeSet::new(),
            false => BTreeSet::from([reaches.clone()]),
        };
        let bronnen = scope.bronnen().map(|bronnen| {
            let bronnen = bronnen.iter();
            bronnen
                .map(|(bron, reaches)| (shortened(bron.clone()), ways(reaches)))
                .collect()
        });
        Wanted { bronnen }
    }

    /// What is in this and in `other`.
    pub fn and(self, other: &Wanted) -> Self {
        let (mut ours, theirs) = match (self.bronnen, &other.bronnen) {
            (None, theirs) => {
                return Wanted {
                    bronnen: theirs.clone(),
                };
            }
            (ours, None) => return Wanted { bronnen: ours },
            (Some(ours), Some(theirs)) => (ours, theirs),
        };
        ours.retain(|bron, _| theirs.contains_key(bron));
        for (bron, ways) in &mut ours {
            ways.extend(theirs.get(bron).into_iter().flatten().cloned());
        }
        Wanted {
            bronnen: Some(ours),
        }
    }

    /// How each source is wanted; `None` when every source is.
    pub fn bronnen(&self) -> Option<&BTreeMap<String, BTreeSet<BTreeSet<Reach>>>> {
        self.bronnen.as_ref()
    }

    /// How a source is wanted; `None` when it is not.
    pub fn ways(&self, bron: &str) -> Option<&BTreeSet<BTreeSet<Reach>>> {
        static WHOLE: BTreeSet<BTreeSet<Reach>> = BTreeSet::new();
        match &self.bronnen {
            None => Some(&WHOLE),
            Some(bronnen) => bronnen.get(bron),
        }
    }

    /// Names it: 16 hexadecimal digits.
    pub fn tag(&self) -> String {
        let mut hasher = Sha256::new();
        let mut text = |text: &str| {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        };
        for (bron, ways) in self.bronnen.iter().flatten() {
            text(bron);
            for way in ways {
                text("+");
                way.iter().for_each(|reach| text(&reach.key()));
            }
        }
        let digits = hasher.finalize();
        digits[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
