//! How the documents of the last commit belong together, read from what is stored of each: in memory, some hundred bytes for a
//! document. Never decides what belongs together.

use super::state::{AT_A_TIME, State, by_id, document};
use crate::index::{Groups, IndexError, PublishedRow, RelationTable};
use crate::{DocId, Document, MailLinks, Signature};
use serde_json::json;

/// The table of one commit.
pub struct Table(Vec<Row>);

struct Row {
    id: DocId,
    groups: Groups,
    signature: Option<Signature>,
    mail: Option<(MailLinks, i64)>,
    is_chat: bool,
    /// Its source, when it is there, not closed and not empty.
    there: Option<String>,
}

impl Table {
    /// Of everything that `state` holds.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn of(state: &State) -> Result<Self, IndexError> {
        let mut rows = Vec::new();
        let all = super::compile::everything();
        state.walk(&all, &by_id(), &json!({}), None, AT_A_TIME, &mut |hit| {
            rows.push(row(document(hit)?));
            Ok(true)
        })?;
        Ok(Table(rows))
    }
}

fn row(document: Document) -> Row {
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
        mail: relations.mail.map(|mail| (mail, sent)),
        is_chat: !document.days.is_empty(),
        there: is_there.then_some(document.bron),
    }
}

impl RelationTable for Table {
    fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    fn id(&self, row: u32) -> DocId {
        self.0[row as usize].id
    }

    fn groups(&self, row: u32) -> Groups {
        self.0[row as usize].groups
    }

    fn signature(&self, row: u32) -> Option<Signature> {
        self.0[row as usize].signature
    }

    fn mail(&self, row: u32) -> Option<(MailLinks, i64)> {
        self.0[row as usize].mail.clone()
    }

    fn is_chat(&self, row: u32) -> bool {
        self.0[row as usize].is_chat
    }

    fn of_source(&self, bron: &str) -> Result<Vec<u32>, IndexError> {
        let rows = (0u32..).zip(&self.0);
        let own = rows.filter(|(_, row)| row.there.as_deref() == Some(bron));
        Ok(own.map(|(at, _)| at).collect())
    }
}
