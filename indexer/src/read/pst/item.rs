//! One item of a mailbox as a `msg` file: its properties as they are, its receivers, its attachments and the
//! messages within it. Never gives a meaning to properties.

use std::io;
use std::path::Path;

use super::super::Reason;
use super::super::outlook::props::{
    BINARY, Name, Names, OBJECT, PUBLIC_STRINGS, Prop, Props, UNICODE, u32_at,
};
use super::super::outlook::store::{FOLDER, Level, Writer};
use super::heap::{Heap, MOST_BYTES};
use super::ndb::{Ndb, Node};

/// Messages within messages deeper than this are left out, and that is told.
const DEEPEST: usize = 32;
/// Receivers and attachments of one item and all within it.
const MOST_PARTS: usize = 50_000;
/// The table with receivers.
const RECIPIENTS: u32 = 0x692;
/// The kind of a node that is an attachment.
const ATTACHMENT: u32 = 5;
/// The property with the content of an attachment.
const CONTENT: u16 = 0x3701;

/// An item as a file.
pub(super) struct Packed {
    /// The `msg` file.
    pub(super) bytes: Vec<u8>,
    /// The properties of the item itself.
    pub(super) props: Props,
    /// Why it is not all there.
    pub(super) trouble: Option<Reason>,
}

/// Packs an item that lay in this folder.
pub(super) fn pack(
    ndb: &mut Ndb<'_>,
    names: &Names,
    node: &Node,
    folder: &str,
) -> Result<Packed, Reason> {
    let mut packer = Packer {
        ndb,
        names,
        writer: Writer::new().map_err(|error| failed(&error))?,
        trouble: None,
        left: MOST_BYTES,
        parts_left: MOST_PARTS,
    };
    let heap = Heap::open(packer.ndb, node.data, node.sub)?;
    let folder = Prop {
        id: 0x8000,
        kind: UNICODE,
        name: Some(Name::Text(PUBLIC_STRINGS, FOLDER.into())),
        values: vec![folder.encode_utf16().flat_map(u16::to_le_bytes).collect()],
    };
    let props = packer.item(Path::new("/"), &heap, Some(folder), 0)?;
    let trouble = packer.trouble.take();
    let bytes = packer.writer.finish().map_err(|error| failed(&error))?;
    Ok(Packed {
        bytes,
        props,
        trouble,
    })
}

fn failed(error: &io::Error) -> Reason {
    Reason::Other(format!("het bericht is niet uit te pakken ({error})"))
}

struct Packer<'p, 'f> {
    ndb: &'p mut Ndb<'f>,
    names: &'p Names,
    writer: Writer,
    /// The first thing that went wrong.
    trouble: Option<Reason>,
    /// Bytes of content that may still be read.
    left: usize,
    /// Receivers and attachments that may still come, those of enclosed messages among them.
    parts_left: usize,
}

impl Packer<'_, '_> {
    /// Writes the item in this heap to the storage at `path`.
    fn item(
        &mut self,
        path: &Path,
        heap: &Heap,
        folder: Option<Prop>,
        depth: usize,
    ) -> Result<Props, Reason> {
        let mut list = self.properties(heap)?;
        let level = if folder.is_some() {
            Level::Outermost
        } else {
            Level::Enclosed
        };
        list.extend(folder);
        let props = Props::new(list);
        let recipients = self.recipients(heap);
        let mut attachments: Vec<Node> = heap.nodes.values().copied().collect();
        attachments.retain(|node| node.nid & 0x1f == ATTACHMENT);
        attachments.sort_by_key(|node| node.nid);
        let parts = (recipients.len() as u32, attachments.len() as u32);
        let written = self.writer.properties(path, level, &props, parts);
        written.map_err(|error| failed(&error))?;
        for (number, row) in recipients.into_iter().enumerate() {
            let path = path.join(format!("__recip_version1.0_#{number:08X}"));
            self.part(&path, row)?;
        }
        for (number, node) in attachments.iter().enumerate() {
            let path = path.join(format!("__attach_version1.0_#{number:08X}"));
            if let Err(reason) = self.attachment(&path, node, depth) {
                self.trouble.get_or_insert(reason);
            }
        }
        Ok(props)
    }

    fn properties(&mut self, heap: &Heap) -> Result<Vec<Prop>, Reason> {
        let (list, trouble) = heap.properties(self.ndb, self.names)?;
        let size: usize = list
            .iter()
            .flat_map(|prop| &prop.values)
            .map(Vec::len)
            .sum();
        self.trouble = self.trouble.take().or(trouble);
        self.spend(size)?;
        Ok(list)
    }

    fn spend(&mut self, size: usize) -> Result<(), Reason> {
        self.left = self.left.checked_sub(size).ok_or_else(|| {
            Reason::Limit(format!(
                "van een bericht worden {} MB gelezen",
                MOST_BYTES >> 20
            ))
        })?;
        Ok(())
    }

    fn part(&mut self, path: &Path, list: Vec<Prop>) -> Result<(), Reason> {
        self.parts_left = self.parts_left.checked_sub(1).ok_or_else(|| {
            Reason::Limit(format!(
                "een bericht heeft meer dan {MOST_PARTS} onderdelen"
            ))
        })?;
        let written = self.writer.storage(path).and_then(|()| {
            let props = Props::new(list);
            self.writer.properties(path, Level::Part, &props, (0, 0))
        });
        written.map_err(|error| failed(&error))
    }

    fn recipients(&mut self, heap: &Heap) -> Vec<Vec<Prop>> {
        let Some(node) = heap.nodes.get(&RECIPIENTS) else {
            return Vec::new();
        };
        let rows = Heap::open(self.ndb, node.data, node.sub)
            .and_then(|table| table.rows(self.ndb, self.names));
        rows.unwrap_or_else(|reason| {
            self.trouble.get_or_insert(reason);
            Vec::new()
        })
    }

    fn attachment(&mut self, path: &Path, node: &Node, depth: usize) -> Result<(), Reason> {
        let heap = Heap::open(self.ndb, node.data, node.sub)?;
        let mut list = self.properties(&heap)?;
        let is_content = |prop: &Prop| prop.id == CONTENT && prop.kind == OBJECT;
        let object = list.iter().find(|prop| is_content(prop));
        let object = object.and_then(|prop| u32_at(prop.values.first()?, 0));
        list.retain(|prop| !is_content(prop));
        let Some(inner) = object.and_then(|nid| heap.nodes.get(&nid)).copied() else {
            return self.part(path, list);
        };
        let method = Props::new(list.clone()).number(0x3705);
        // Some programs do not tell how an attachment is kept.
        let heap = match method {
            Some(6) => None,
            _ => Heap::open(self.ndb, inner.data, inner.sub).ok(),
        };
        if let Some(heap) = heap.filter(Heap::has_properties) {
            self.part(path, list)?;
            return self.enclosed(path, &heap, depth + 1);
        }
        let bytes = self.ndb.blocks(inner.data, self.left)?.concat();
        self.spend(bytes.len())?;
        list.push(Prop {
            id: CONTENT,
            kind: BINARY,
            name: None,
            values: vec![bytes],
        });
        self.part(path, list)
    }

    fn enclosed(&mut self, path: &Path, heap: &Heap, depth: usize) -> Result<(), Reason> {
        if depth > DEEPEST {
            let reason = format!("berichten in berichten, dieper dan {DEEPEST}");
            return Err(Reason::Limit(reason));
        }
        let path = path.join(format!("__substg1.0_{CONTENT:04X}{OBJECT:04X}"));
        self.writer.storage(&path).map_err(|error| failed(&error))?;
        self.item(&path, heap, None, depth).map(|_| ())
    }
}
