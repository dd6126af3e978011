//! How the documents of the last commit belong together, read from what is stored of each: in memory, some 220 bytes for a
//! document and more for a mail. Never decides what belongs together.

use super::state::{AT_A_TIME, State, by_id, document};
use crate::index::{Groups, IndexError, PublishedRow, RelationTable};
use crate::{DocId, Document, MailLinks, Signature};
use serde_json::json;

/// The table of one commit.
pub struct Table {
    rows: Vec<Row>,
    /// The names of the sources, as rows number them.
    sources: Vec<String>,
}

struct Row {
    id: DocId,
    groups: Groups,
    signature: Option<Signature>,
    mail: Option<Box<(MailLinks, i64)>>,
    is_chat: bool,
    /// Its source, when it is there, not closed and not empty.
    there: Option<u32>,
}

impl Table {
    /// Of everything that `state` holds.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn of(state: &State) -> Result<Self, IndexError> {
        let mut table = Table {
            rows: Vec::new(),
            sources: Vec::new(),
        };
        let all = super::compile::everything();
        state.walk(&all, &by_id(), &json!({}), None, AT_A_TIME, &mut |hit| {
            let document = document(hit)?;
            let bron = table.number_of(&document.bron);
            table.rows.push(row(document, bron));
            Ok(true)
        })?;
        Ok(table)
    }

    fn number_of(&mut self, bron: &str) -> u32 {
        let known = self.sources.iter().position(|one| one == bron);
        let at = known.unwrap_or_else(|| {
            self.sources.push(bron.to_owned());
            self.sources.len() - 1
        });
        at as u32
    }
}

fn row(document: Document, bron: u32) -> Row {
    let is_there = document.gone.is_none() && !document.access.closed && document.size > 0;
    let relations = document.relations;
    let sent = document.dates.sent_at.map_or(0, |sent| sent.as_second());
    Row {
        id: document.id,
        groups: Groups {
            same: relations.same,
            near: relations.near,
            likeness: relations.likeness,
            thread: relations.thread,
            inclusive: relations.inclusive,
            published: relations
                .published
                .map(|one| PublishedRow::new(one.how, one.id)),
        },
        signature: relations.signature,
        mail: relations.mail.map(|mail| Box::new((mail, sent))),
        is_chat: !document.days.is_empty(),
        there: is_there.then_some(bron),
    }
}

impl RelationTable for Table {
    fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    fn id(&self, row: u32) -> DocId {
        self.rows[row as usize].id
    }

    fn groups(&self, row: u32) -> Groups {
        self.rows[row as usize].groups
    }

    fn signature(&self, row: u32) -> Option<Signature> {
        self.rows[row as usize].signature
    }

    fn mail(&self, row: u32) -> Option<(MailLinks, i64)> {
        self.rows[row as usize].mail.as_deref().cloned()
    }

    fn is_chat(&self, row: u32) -> bool {
        self.rows[row as usize].is_chat
    }

    fn of_source(&self, bron: &str) -> Result<Vec<u32>, IndexError> {
        let Some(bron) = self.sources.iter().position(|one| one == bron) else {
            return Ok(Vec::new());
        };
        let rows = (0u32..).zip(&self.rows);
        let own = rows.filter(|(_, row)| row.there == Some(bron as u32));
        Ok(own.map(|(at, _)| at).collect())
    }
}
