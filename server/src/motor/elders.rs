//! What people decided, on a machine that only reads sources: the cases are on another one. What those hold is not known
//! here, so that every document counts as held: it is marked as gone from its source and stays. What was removed by order
//! the other machine tells through the index. Never decides anything itself.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zv_indexer::orders::{Asked, Orders, Removed};
use zv_shared::index::{Engine, IndexError};
use zv_shared::{ContentHash, DocId};

/// Answers for the machine with the cases.
pub struct Elders {
    engine: Arc<dyn Engine>,
}

impl std::fmt::Debug for Elders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Elders")
    }
}

/// What was removed by order, as it is told.
#[derive(Serialize, Deserialize)]
struct Told {
    documents: Vec<DocId>,
    contents: Vec<(ContentHash, String)>,
}

impl Elders {
    /// What the machine with the cases told through this index.
    pub fn of(engine: Arc<dyn Engine>) -> Self {
        Elders { engine }
    }

    /// Tells it, on the machine with the cases.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tell(engine: &dyn Engine, removed: &Removed) -> Result<(), IndexError> {
        let told = Told {
            documents: removed.documents.iter().copied().collect(),
            contents: removed.contents.clone().into_iter().collect(),
        };
        let told = serde_json::to_string(&told);
        engine.tell_removed(&told.map_err(|error| IndexError::Engine(error.to_string()))?)
    }
}

impl Orders for Elders {
    fn any(&self) -> Result<bool, String> {
        Ok(true)
    }

    fn held(&self, documents: &[Asked]) -> Result<Vec<bool>, String> {
        Ok(vec![true; documents.len()])
    }

    fn hold(&self, _bron: &str, documents: &[Asked]) -> Result<Vec<bool>, String> {
        self.held(documents)
    }

    fn removed(&self) -> Result<Removed, String> {
        let told = self.engine.removed().map_err(|error| error.to_string())?;
        let Some(told) = told else {
            return Ok(Removed::default());
        };
        let told: Told = serde_json::from_str(&told).map_err(|error| error.to_string())?;
        Ok(Removed {
            documents: told.documents.into_iter().collect(),
            contents: told.contents.into_iter().collect(),
        })
    }
}
