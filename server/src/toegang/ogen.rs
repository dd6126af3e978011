//! Whether a document exists for somebody, asked of the index: for what a case keeps of documents, which names them and
//! not their rights. Owns also how a record names what somebody saw in part. Never searches.

use crate::mensen::principalen::keep_then;
use crate::store::{Change, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use utoipa::ToSchema;
use zv_shared::DocId;
use zv_shared::index::{Index, IndexError, Reach, Scope, Snapshot};

/// Looks at the newest state of the index, once it is asked.
#[derive(Clone)]
pub struct Ogen {
    index: Arc<dyn Index>,
    scope: Scope,
    seen: Arc<OnceLock<Option<Seen>>>,
}

struct Seen {
    whole: Arc<dyn Snapshot>,
    part: Arc<dyn Snapshot>,
}

impl std::fmt::Debug for Ogen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ogen").finish_non_exhaustive()
    }
}

impl Ogen {
    /// For who sees `scope`.
    pub fn new(index: Arc<dyn Index>, scope: Scope) -> Self {
        Ogen {
            index,
            scope,
            seen: Arc::default(),
        }
    }

    /// The index; nothing while it cannot be asked.
    fn seen(&self) -> Option<&Seen> {
        let open = || -> Result<Seen, IndexError> {
            let whole = self.index.snapshot()?;
            let part = whole.within(&self.scope)?;
            Ok(Seen { whole, part })
        };
        self.seen.get_or_init(|| open().ok()).as_ref()
    }

    /// Whether some documents of the index may not exist for them.
    pub fn is_part(&self) -> bool {
        self.seen().is_some_and(|seen| seen.part.is_part())
    }

    /// Whether a document of a source that they see something of exists for them.
    pub fn see(&self, bron: &str, document: DocId) -> bool {
        let whole = self.scope.is_whole(bron);
        let Some(seen) = self.seen() else {
            return whole;
        };
        if !seen.part.is_part() {
            return true;
        }
        let has = |snapshot: &Arc<dyn Snapshot>| snapshot.has(document);
        match has(&seen.part) {
            Ok(true) => true,
            // It is closed, or gone from the index.
            Ok(false) if whole => has(&seen.whole).is_ok_and(|there| !there),
            Ok(false) | Err(_) => false,
        }
    }
}

/// Hoe een bron voor een deel doorzocht is. Een bron kan er vaker in staan: dan was een van de manieren genoeg.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DoorzochtDeel)]
pub struct BronToegang {
    /// De bron.
    pub bron: String,
    /// Golden de rechten op de bestanden, dan het kenmerk van wat de zoeker daar was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rechten: Option<String>,
    /// Wat de machtiging dicht liet.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub uitgezonderd: BTreeSet<String>,
}

impl BronToegang {
    /// Of the sources that are seen in part.
    pub fn of(scope: &Scope) -> Vec<Self> {
        let bronnen = scope.bronnen().into_iter().flatten();
        let each = bronnen.flat_map(|(bron, reaches)| reaches.iter().map(move |one| (bron, one)));
        let parts = each.filter_map(|(bron, reach)| {
            let bron = bron.clone();
            match reach {
                Reach::Everything => None,
                Reach::But(patterns) => Some(BronToegang {
                    bron,
                    uitgezonderd: patterns.clone(),
                    rechten: None,
                }),
                Reach::Rights(principals) => Some(BronToegang {
                    bron,
                    rechten: Some(principals.key()),
                    ..BronToegang::default()
                }),
            }
        });
        parts.collect()
    }

    /// Keeps what is needed to search so again.
    pub fn keep(change: &Change<'_>, scope: &Scope) -> Result<(), StoreError> {
        let bronnen = scope.bronnen().into_iter().flatten();
        for reach in bronnen.flat_map(|(_, reaches)| reaches) {
            if let Reach::Rights(principals) = reach {
                keep_then(change, principals)?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// What was searched, when these sources were and these of them in part.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not known any more with which rights.
    pub fn scope_then<'a>(
        &self,
        bronnen: impl IntoIterator<Item = &'a String>,
        delen: &[BronToegang],
    ) -> Result<Scope, StoreError> {
        let mut scope = Scope::nothing();
        for bron in bronnen {
            let mut ways = delen.iter().filter(|one| one.bron == *bron).peekable();
            if ways.peek().is_none() {
                scope.add(bron, Reach::Everything);
            }
            for way in ways {
                let reach = match &way.rechten {
                    None => Reach::But(way.uitgezonderd.clone()),
                    Some(kenmerk) => {
                        let gone = "met welke rechten er gezocht is, is niet meer bekend";
                        let then = self.principals_then(kenmerk)?;
                        Reach::Rights(then.ok_or(StoreError::Missing(gone))?)
                    }
                };
                scope.add(bron, reach);
            }
        }
        Ok(scope)
    }
}
