//! A cluster as the index of an installation. Owns that nobody writes without a lease; never writes a document.

use super::compile::everything;
use super::generations::All;
use super::health::health;
use super::http::{Nodes, number};
use super::lease::{self, Lease, Patience, What};
use super::stand::{check, make};
use super::state::{AT_A_TIME, State, by_id, document};
use super::template as field;
use super::writer::Own;
use super::{Reader, Writer};
use crate::index::engine::{EachDocument, Health};
use crate::index::generations::{GenerationError, Generations};
use crate::index::{Blobs, Claim, Engine, Index, IndexError, KeptTexts, Write};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Where it is noted what was removed by order.
const REMOVED: &str = "verwijderd";

/// The index of one name.
pub struct Cluster {
    nodes: Arc<Nodes>,
    name: String,
    shards: u32,
    replicas: u32,
    blobs: Blobs,
    /// The mark of the installation with the cases; `None` where these are elsewhere.
    house: Option<String>,
}

impl Cluster {
    /// The index `name`, with its texts in `blobs`. A new one gets so many shards, each of them with so many replicas.
    /// Asks nothing yet.
    pub fn new(nodes: Nodes, name: &str, (shards, replicas): (u32, u32), blobs: Blobs) -> Self {
        Cluster {
            nodes: Arc::new(nodes),
            name: name.to_owned(),
            shards,
            replicas,
            blobs,
            house: None,
        }
    }

    /// The same for the installation that has the cases, with a mark that no other one has: an index has one of these.
    pub fn of_house(self, mark: &str) -> Self {
        Cluster {
            house: Some(mark.to_owned()),
            ..self
        }
    }

    fn all(&self) -> All<'_> {
        All::new(&self.nodes, &self.name)
    }

    fn lease(&self, claim: Claim<'_>, patience: Patience) -> Result<Lease, IndexError> {
        let of = (self.name.as_str(), self.replicas);
        Lease::take(&self.nodes, of, What::from(claim), patience)
    }

    fn own(&self, claim: Claim<'_>) -> Result<Own, IndexError> {
        let lease = self.lease(claim, Patience::UntilSeen)?;
        if let Some(mark) = &self.house {
            lease::claim_house(&self.nodes, &self.name, mark)?;
        }
        Ok(Own {
            name: (self.name.clone(), self.replicas),
            lease,
            bron: match claim {
                Claim::Source(bron) => Some(bron.to_owned()),
                Claim::All => None,
            },
            relations: Mutex::default(),
            others: Mutex::new(HashMap::new()),
        })
    }

    fn writer_of(&self, index: &str, own: Own) -> Writer {
        Writer::of(self.nodes.clone(), index, self.blobs.clone(), Some(own))
    }
}

impl Engine for Cluster {
    fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    fn index(&self) -> Arc<dyn Index> {
        let reader = Reader::new(self.nodes.clone(), &self.name, self.blobs.clone());
        Arc::new(reader)
    }

    fn writer(&self, claim: Claim<'_>) -> Result<Box<dyn Write>, IndexError> {
        let own = self.own(claim)?;
        if self.all().current()?.is_none() {
            // Another machine may make it at the same time: then it is the same one.
            let first = format!("{}-1", self.name);
            let parts = (self.shards, self.replicas);
            make(&self.nodes, &first, parts, Some(&self.name))?;
        }
        check(&self.nodes, &self.name)?;
        Ok(Box::new(self.writer_of(&self.name, own)))
    }

    fn new_generation(&self) -> Result<Box<dyn Write>, IndexError> {
        let own = self.own(Claim::All)?;
        let index = self.all().new_name()?;
        make(&self.nodes, &index, (self.shards, self.replicas), None)?;
        let writer = self.writer_of(&index, own).becoming(&self.name);
        Ok(Box::new(writer))
    }

    fn stored_documents(&self, each: EachDocument<'_>) -> Result<bool, IndexError> {
        let current = self.all().current()?.ok_or(IndexError::Missing)?;
        let state = State::open(self.nodes.clone(), &current)?;
        let mut ended = true;
        let mut take = |hit: &_| {
            ended = each(document(hit).ok())?;
            Ok(ended)
        };
        let none = json!({});
        state.walk(&everything(), &by_id(), &none, None, AT_A_TIME, &mut take)?;
        Ok(ended)
    }

    fn generations(&self) -> Result<Generations, IndexError> {
        self.all().stored()
    }

    fn free(&self) -> Result<u64, IndexError> {
        let stats = self.nodes.get("/_nodes/stats/fs")?.ok()?;
        let nodes = stats["nodes"].as_object().into_iter().flatten();
        nodes
            .map(|(_, node)| number(&node["fs"]["total"]["available_in_bytes"]))
            .sum()
    }

    fn tell_removed(&self, list: &str) -> Result<(), IndexError> {
        lease::note(&self.nodes, &self.name, REMOVED, list)
    }

    fn removed(&self) -> Result<Option<String>, IndexError> {
        lease::noted(&self.nodes, &self.name, REMOVED)
    }

    fn health(&self) -> Result<Option<Health>, IndexError> {
        health(&self.nodes, &self.name).map(Some)
    }

    fn clean(&self) -> Result<(), IndexError> {
        // It can wait for another time: nobody is waited for.
        match self.lease(Claim::All, Patience::None) {
            Ok(_lease) => self.all().clean(),
            // Whoever writes may be building what looks half built.
            Err(IndexError::Busy(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn confirm(&self) -> Result<(), GenerationError> {
        let _lease = self.lease(Claim::All, Patience::UntilSeen)?;
        self.all().confirm()
    }

    fn go_back(&self, anyway: bool) -> Result<(), GenerationError> {
        let _lease = self.lease(Claim::All, Patience::UntilSeen)?;
        self.all().go_back(anyway)
    }

    fn kept_texts(&self) -> Result<Option<Box<dyn KeptTexts>>, IndexError> {
        let before = self.all().before();
        let there = self.nodes.request("HEAD", &format!("/{before}"), &[])?;
        Ok(match there.status {
            404 => None,
            _ => Some(Box::new(Kept(State::now(self.nodes.clone(), &before)))),
        })
    }
}

/// The texts of the generation from before.
struct Kept(State);

impl KeptTexts for Kept {
    fn uses(&self, key: &str) -> Result<bool, IndexError> {
        Ok(self.0.count(&super::compile::term(field::BLOB, key))? > 0)
    }
}
