//! Mailboxes of Outlook (`pst` and `ost`): every item a child document in the form of a `msg` file, with its folder
//! in its name, and an account of how many there should be. A password on a mailbox only asks programs to keep
//! out, and hides nothing. Never reads what is deleted, and never gives a meaning to items itself.

mod code;
mod heap;
mod item;
mod ndb;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use heap::Heap;
use ndb::{Ndb, Node};

use super::archive::too_many;
use super::outlook::message::{Given, message_id, subject};
use super::outlook::props::{Names, Props, names, u32_at};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// What the last five bits of a number say.
const FOLDER: u32 = 2;
const MESSAGE: u32 = 4;
/// The nodes that every mailbox has: itself, the names of properties and the outermost folder.
const STORE: u32 = 0x21;
const NAME_MAP: u32 = 0x61;
const ROOT: u32 = 0x122;
/// Folders within folders, beyond which a path is cut.
const DEEPEST: usize = 100;

/// Reads one `pst` mailbox.
pub fn read_pst(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let ndb = match Ndb::open(&mut input.file) {
        Ok(ndb) => ndb,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut mailbox = Mailbox::open(ndb);
    match mailbox.write(limits, output) {
        Err(stop) => stop.into(),
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) if mailbox.given > 0 => Outcome::Partial(reason),
        Ok(Some(reason)) => Outcome::Unreadable(reason),
    }
}

struct Folder {
    name: String,
    parent: u32,
    /// How many items it says it has.
    told: u64,
    /// How many there are.
    found: u64,
}

struct Mailbox<'f> {
    ndb: Ndb<'f>,
    names: Names,
    folders: HashMap<u32, Folder>,
    messages: Vec<Node>,
    /// The folder that users see as the outermost.
    top: u32,
    /// Pages with items that could not be read.
    lost_pages: u64,
    given: u64,
    /// Items of which something could not be read.
    incomplete: u64,
}

impl<'f> Mailbox<'f> {
    fn open(mut ndb: Ndb<'f>) -> Self {
        let (nodes, lost_pages) = ndb.nodes();
        let find = |nid: u32| nodes.iter().find(|node| node.nid == nid);
        let top = find(STORE).and_then(|node| top_folder(&mut ndb, node));
        let names = find(NAME_MAP).and_then(|node| name_map(&mut ndb, node));
        let mut mailbox = Self {
            top: top.unwrap_or(ROOT),
            names: names.unwrap_or_default(),
            folders: HashMap::new(),
            messages: Vec::new(),
            ndb,
            lost_pages,
            given: 0,
            incomplete: 0,
        };
        for node in nodes {
            match node.nid & 0x1f {
                FOLDER => mailbox.folder(&node),
                MESSAGE => mailbox.messages.push(node),
                _ => {}
            }
        }
        mailbox.messages.sort_by_key(|node| (node.parent, node.nid));
        for message in &mailbox.messages {
            if let Some(folder) = mailbox.folders.get_mut(&message.parent) {
                folder.found += 1;
            }
        }
        mailbox
    }

    fn folder(&mut self, node: &Node) {
        let props = properties(&mut self.ndb, node, &self.names).unwrap_or_default();
        let told = props
            .number(0x3602)
            .and_then(|told| u64::try_from(told).ok());
        let name = props
            .text(0x3001)
            .unwrap_or_default()
            .replace(['/', '\\'], "-");
        let folder = Folder {
            name: name.trim().to_owned(),
            parent: node.parent,
            told: told.unwrap_or(0),
            found: 0,
        };
        self.folders.insert(node.nid, folder);
    }

    /// The names of the folders around an item, from the outermost that users see.
    fn path(&self, mut nid: u32) -> String {
        let mut parts = Vec::new();
        while nid != self.top && nid != ROOT && parts.len() < DEEPEST {
            let Some(folder) = self.folders.get(&nid) else {
                break;
            };
            if !folder.name.is_empty() {
                parts.push(folder.name.as_str());
            }
            nid = folder.parent;
        }
        parts.reverse();
        parts.join("/")
    }

    /// Hands over all items and the account; the result says why they are not all.
    fn write(&mut self, limits: &Limits, output: &mut dyn Output) -> Result<Option<Reason>, Stop> {
        let mut given = Given::default();
        let mut path = (0, String::new());
        let (mut failed, mut full) = (0_u64, false);
        for (number, node) in std::mem::take(&mut self.messages).iter().enumerate() {
            if number as u64 >= u64::from(limits.children) {
                full = true;
                break;
            }
            if path.0 != node.parent {
                path = (node.parent, self.path(node.parent));
            }
            failed += u64::from(!self.message(node, &path.1, &mut given, output)?);
        }
        let expected: u64 = self
            .folders
            .values()
            .map(|folder| folder.told.max(folder.found))
            .sum();
        // Items outside any folder count, too.
        let expected = expected.max(self.given + failed);
        let missing = expected - self.given;
        for (key, value) in [
            ("berichten verwacht", expected),
            ("berichten gelezen", self.given),
            ("berichten niet gelezen", missing),
        ] {
            output.property(key, &value.to_string())?;
        }
        Ok(if full {
            Some(too_many(limits))
        } else {
            self.trouble(missing, expected)
        })
    }

    fn trouble(&self, missing: u64, expected: u64) -> Option<Reason> {
        if missing > 0 {
            let reason = format!("{missing} van de {expected} berichten zijn niet te lezen");
            return Some(Reason::Broken(reason));
        }
        if self.lost_pages > 0 {
            let reason = "een deel van de inhoudsopgave van het postvak is niet te lezen";
            return Some(Reason::Broken(reason.into()));
        }
        (self.incomplete > 0).then(|| {
            Reason::Broken(format!(
                "{} berichten zijn niet helemaal te lezen",
                self.incomplete
            ))
        })
    }

    /// Hands over one item. Says whether it could be read.
    fn message(
        &mut self,
        node: &Node,
        folder: &str,
        given: &mut Given,
        output: &mut dyn Output,
    ) -> Result<bool, Stop> {
        let within = |name: &str| match folder {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        match item::pack(&mut self.ndb, &self.names, node, folder) {
            Ok(packed) => {
                let name = subject(&packed.props).map(|name| name.replace(['/', '\\'], "-"));
                let name: String = name.unwrap_or_default().chars().take(100).collect();
                let name = match name.trim() {
                    "" => "zonder onderwerp",
                    name => name,
                };
                let key = message_id(&packed.props).unwrap_or_default();
                output.begin_child(&given.unique(&within(name), ".msg"), &key)?;
                output.child_bytes(&packed.bytes)?;
                output.end_child(None)?;
                self.given += 1;
                self.incomplete += u64::from(packed.trouble.is_some());
                Ok(true)
            }
            Err(reason) => {
                let name = within(&format!("onleesbaar bericht {}", node.nid >> 5));
                output.begin_child(&given.unique(&name, ".msg"), "")?;
                output.end_child(Some(reason))?;
                Ok(false)
            }
        }
    }
}

fn properties(ndb: &mut Ndb<'_>, node: &Node, names: &Names) -> Option<Props> {
    let heap = Heap::open(ndb, node.data, node.sub).ok()?;
    let (list, _) = heap.properties(ndb, names).ok()?;
    Some(Props::new(list))
}

/// The folder that users see as the outermost; its number stands at the end of its identity.
fn top_folder(ndb: &mut Ndb<'_>, node: &Node) -> Option<u32> {
    let store = properties(ndb, node, &Names::new())?;
    u32_at(store.bytes(0x35e0)?, 20)
}

fn name_map(ndb: &mut Ndb<'_>, node: &Node) -> Option<Names> {
    let map = properties(ndb, node, &Names::new())?;
    let [guids, entries, texts] = [2, 3, 4].map(|id| map.bytes(id).unwrap_or_default());
    Some(names(guids, entries, texts))
}
