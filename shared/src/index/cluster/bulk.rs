//! What is sent to a cluster at once: lines, sent until it took them, and what is left of a document that it refuses. Never
//! decides what is written.

use super::entry::stored;
use super::http::{Nodes, failed};
use crate::document::Dates;
use crate::index::{Entry, IndexError};
use crate::{Archief, DocId, Document, Readability, Relations};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Documents that the cluster does not take, and how it calls that.
pub type Refused = BTreeMap<DocId, String>;

/// Bytes that are sent together, unless one document has more. A cluster takes 100 MB at once unless it is told otherwise.
pub const TOGETHER: usize = 8 << 20;

/// Lines, in requests that are sent one after another.
#[derive(Default)]
pub struct Bulk(Vec<String>);

/// What became of one line.
enum Item {
    Done,
    /// It has more to do than it can hold.
    Busy,
    /// It is not the cluster that is at fault, but what was sent.
    Refused(DocId, String),
}

impl Bulk {
    /// Removes a document of a family.
    pub fn delete(&mut self, id: DocId, family: DocId) {
        self.add("delete", (id, family), None, "");
    }

    /// Writes a document of a family as it is stored; with `since` only when it is so still.
    pub fn index(&mut self, of: (DocId, DocId), stored: &str, since: Option<(u64, u64)>) {
        self.add("index", of, since, stored);
    }

    fn add(
        &mut self,
        what: &str,
        (id, family): (DocId, DocId),
        since: Option<(u64, u64)>,
        stored: &str,
    ) {
        let mut action = json!({"_id": id.to_string(), "routing": family.to_string()});
        if let Some((number, term)) = since {
            action["if_seq_no"] = json!(number);
            action["if_primary_term"] = json!(term);
        }
        let full = |lines: &String| lines.len() + stored.len() > TOGETHER;
        if self.0.last().is_none_or(full) {
            self.0.push(String::new());
        }
        if let Some(lines) = self.0.last_mut() {
            lines.push_str(&json!({what: action}).to_string());
            lines.push('\n');
            if !stored.is_empty() {
                lines.push_str(stored);
                lines.push('\n');
            }
        }
    }

    /// Sends the lines to `path`, in their order, until the cluster took or refused each. Sent twice they change nothing.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn send(&self, nodes: &Nodes, path: &str) -> Result<Refused, IndexError> {
        let mut refused = Refused::new();
        for lines in &self.0 {
            send(nodes, path, lines, &mut refused)?;
        }
        Ok(refused)
    }
}

fn send(nodes: &Nodes, path: &str, lines: &str, refused: &mut Refused) -> Result<(), IndexError> {
    const TRIES: u32 = 8;
    let mut wait = Duration::from_millis(200);
    for _ in 0..TRIES {
        let answer = nodes.request("POST", path, lines.as_bytes())?.ok()?;
        let items = answer["items"].as_array();
        let items = items.ok_or_else(|| failed("geen antwoord op het schrijven".to_owned()))?;
        let mut busy = false;
        for line in items.iter().filter_map(Value::as_object) {
            for (action, item) in line {
                match outcome(action, item)? {
                    // A later line may be about the same document.
                    Item::Done => drop(id_of(item).map(|id| refused.remove(&id))),
                    Item::Busy => busy = true,
                    Item::Refused(id, kind) => drop(refused.insert(id, kind)),
                }
            }
        }
        if !busy {
            return Ok(());
        }
        // Nothing else is sent meanwhile.
        std::thread::sleep(wait);
        wait *= 2;
    }
    Err(failed("het heeft het te druk om te schrijven".to_owned()))
}

fn id_of(item: &Value) -> Option<DocId> {
    item["_id"].as_str()?.parse().ok()
}

fn outcome(action: &str, item: &Value) -> Result<Item, IndexError> {
    let kind = item["error"]["type"].as_str().unwrap_or_default();
    match item["status"].as_u64() {
        Some(200..=299) => Ok(Item::Done),
        // A document of another source that changed meanwhile: whoever reads that source looks at it again.
        Some(409) => Ok(Item::Done),
        // It was not there.
        Some(404) if action == "delete" && kind.is_empty() => Ok(Item::Done),
        Some(429 | 503) => Ok(Item::Busy),
        Some(400) => match id_of(item) {
            Some(id) => Ok(Item::Refused(id, kind.to_owned())),
            None => Err(failed(format!("het weigert wat geen document is ({kind})"))),
        },
        // A disk that is full, an index that went away.
        _ => Err(failed(format!(
            "het neemt geen documenten meer op ({kind})"
        ))),
    }
}

/// What is left of a document that the cluster refuses: that it is there, where, and who may see it. Which part of the rest is
/// at fault is not known, so that nothing of that is left.
///
/// # Errors
/// When it cannot be read back.
pub fn bare(refused: &str, kind: &str) -> Result<(Document, String), IndexError> {
    let refused: Value = serde_json::from_str(refused).map_err(of_json)?;
    let whole = refused[super::template::DOCUMENT].as_str();
    let document = serde_json::from_str(whole.unwrap_or_default()).map_err(of_json)?;
    let document = without_content(document, kind);
    let entry = Entry {
        document,
        text: "".into(),
    };
    let line = stored(&entry)?.to_string();
    Ok((entry.document, line))
}

fn of_json(error: serde_json::Error) -> IndexError {
    failed(format!("een document is niet terug te lezen: {error}"))
}

fn without_content(document: Document, kind: &str) -> Document {
    Document {
        title: document.place.name(),
        authors: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        people: Vec::new(),
        custodian: None,
        dates: Dates::default(),
        days: Vec::new(),
        language: None,
        readability: Readability::Onleesbaar,
        reason: Some(format!(
            "het cluster met de index neemt dit bestand niet op ({kind})"
        )),
        metadata: Vec::new(),
        text: None,
        // A cluster counts to here.
        size: document.size.min(i64::MAX.cast_unsigned()),
        pages: 0,
        relations: Relations::default(),
        archief: Archief::default(),
        ..document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_for_one_request_goes_in_several_in_order() {
        let id = |number| DocId([number; 16]);
        let big = "x".repeat(TOGETHER / 3);
        let mut bulk = Bulk::default();
        for number in 0..5 {
            bulk.index((id(number), id(9)), &big, None);
        }
        bulk.delete(id(7), id(9));
        bulk.index((id(8), id(9)), &"x".repeat(2 * TOGETHER), None);
        let all = bulk.0.concat();
        let places: Vec<usize> = [0, 1, 2, 3, 4, 7, 8]
            .map(|number| all.find(&id(number).to_string()).unwrap_or(usize::MAX))
            .to_vec();
        assert!(places.is_sorted() && places.last() < Some(&all.len()));
        let lines = bulk.0.iter().map(|lines| lines.lines().count());
        assert_eq!(lines.collect::<Vec<_>>(), [4, 4, 3, 2]);
        assert!(bulk.0.iter().all(|lines| lines.ends_with('\n')));
    }
}
