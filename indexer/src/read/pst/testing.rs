//! Makes mailboxes for tests: folders with items, receivers, attachments and items within items, in the three
//! forms that Outlook has used.

mod file;

use super::super::outlook::props::{BINARY, MANY, OBJECT, Prop, UNICODE};
use super::code::Code;
use super::ndb::Shape;

/// Bytes of a block without its trailer.
const BLOCK: usize = 8176;
/// Larger values get a node of their own.
const MOST_IN_HEAP: usize = 3580;

/// An item as a test wants it.
#[derive(Clone, Default)]
pub(crate) struct Item {
    pub(crate) props: Vec<Prop>,
    pub(crate) recipients: Vec<Vec<Prop>>,
    /// Attachments; one that is an item itself comes with it.
    pub(crate) attachments: Vec<(Vec<Prop>, Option<Item>)>,
}

/// A property with a text.
pub(crate) fn text(id: u16, text: &str) -> Prop {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes(id, UNICODE, units)
}

/// A property with a number.
pub(crate) fn number(id: u16, value: u32) -> Prop {
    bytes(id, 3, value.to_le_bytes().to_vec())
}

/// A property with these bytes.
pub(crate) fn bytes(id: u16, kind: u16, value: Vec<u8>) -> Prop {
    Prop {
        id,
        kind,
        name: None,
        values: vec![value],
    }
}

/// An ordinary mail.
pub(crate) fn mail(id: &str, subject: &str, body: &str) -> Item {
    Item {
        props: vec![
            text(0x1a, "IPM.Note"),
            text(0x37, subject),
            text(0x1000, body),
            text(0x1035, &format!("<{id}>")),
            text(0xc1a, "Fatima Bakker"),
            text(0x5d01, "fatima@waterveen.nl"),
        ],
        recipients: vec![vec![
            number(0xc15, 1),
            text(0x3001, "Jan"),
            text(0x39fe, "jan@waterveen.nl"),
        ]],
        attachments: Vec::new(),
    }
}

/// How a mailbox is to be made.
pub(crate) struct Mailbox<'m> {
    /// Folders below the outermost one that users see; `told` items more than there are.
    pub(crate) folders: &'m [(&'m str, Vec<Item>)],
    /// 0 for plain, 1 and 2 for the codes that Outlook uses.
    pub(crate) code: u8,
    /// Items that the folders tell and that are not there.
    pub(crate) untold: u32,
    /// 14 for Outlook 97, 23 for 2003 and 36 for local copies of 2013.
    pub(crate) version: u16,
}

/// A mailbox with these folders.
pub(crate) fn mailbox(folders: &[(&str, Vec<Item>)]) -> Vec<u8> {
    made(&Mailbox {
        folders,
        code: 1,
        untold: 0,
        version: 23,
    })
}

/// As [`mailbox`], with a say in how.
pub(crate) fn made(mailbox: &Mailbox<'_>) -> Vec<u8> {
    let code = match mailbox.code {
        0 => Code::Plain,
        1 => Code::Permute,
        _ => Code::Cyclic,
    };
    let mut writer = Writer {
        file: vec![0; 0x1000],
        blocks: Vec::new(),
        nodes: Vec::new(),
        code,
        shape: match mailbox.version {
            14 => Shape::Ansi,
            36 => Shape::Large,
            _ => Shape::Unicode,
        },
    };
    let top = 0x8022;
    let mut entry = vec![0; 20];
    entry.extend(u32::to_le_bytes(top));
    writer.node(
        0x21,
        0,
        &[text(0x3001, "Postvak"), bytes(0x35e0, BINARY, entry)],
    );
    writer.node(0x122, 0x122, &[text(0x3001, "Root")]);
    writer.node(top, 0x122, &[text(0x3001, "Begin van de map")]);
    for (number, (name, items)) in mailbox.folders.iter().enumerate() {
        let nid = 0x8042 + number as u32 * 0x20;
        let told = items.len() as u32 + mailbox.untold;
        writer.node(nid, top, &[text(0x3001, name), number_of(told)]);
        for item in items {
            let nid_of_item = 0x20_0004 + writer.nodes.len() as u32 * 0x20;
            let (data, sub) = writer.item(item);
            writer.nodes.push((nid_of_item, data, sub, nid));
        }
    }
    writer.finish()
}

fn number_of(items: u32) -> Prop {
    number(0x3602, items)
}

/// Pieces of a heap, block by block.
struct Heap {
    blocks: Vec<Vec<Vec<u8>>>,
    kind: u8,
    /// Where the number of the block stands in the number of a piece.
    shift: u32,
}

impl Heap {
    fn new(kind: u8, shape: Shape) -> Self {
        Self {
            blocks: vec![Vec::new()],
            kind,
            shift: if shape == Shape::Large { 19 } else { 16 },
        }
    }

    fn add(&mut self, piece: Vec<u8>) -> u32 {
        let used: usize = self
            .blocks
            .last()
            .unwrap()
            .iter()
            .map(|p| p.len() + 2)
            .sum();
        if used + piece.len() + 40 > BLOCK {
            self.blocks.push(Vec::new());
        }
        let block = self.blocks.len() as u32 - 1;
        let pieces = self.blocks.last_mut().unwrap();
        pieces.push(piece);
        (block << self.shift) | ((pieces.len() as u32) << 5)
    }

    fn bytes(&self, root: u32) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for (number, pieces) in self.blocks.iter().enumerate() {
            let mut block = if number == 0 { vec![0; 12] } else { vec![0; 2] };
            let mut places = Vec::new();
            for piece in pieces {
                places.push(block.len() as u16);
                block.extend(piece);
            }
            places.push(block.len() as u16);
            block.resize(block.len().next_multiple_of(2), 0);
            let map = block.len() as u16;
            block[..2].copy_from_slice(&map.to_le_bytes());
            if number == 0 {
                block[2] = 0xec;
                block[3] = self.kind;
                block[4..8].copy_from_slice(&root.to_le_bytes());
            }
            block.extend((pieces.len() as u16).to_le_bytes());
            block.extend([0; 2]);
            block.extend(places.iter().flat_map(|place| place.to_le_bytes()));
            all.push(block);
        }
        all
    }
}

struct Writer {
    file: Vec<u8>,
    /// Number, place, and size packed and unpacked.
    blocks: Vec<(u64, u64, u16, u16)>,
    /// Number, data, nodes within it and the folder.
    nodes: Vec<(u32, u64, u64, u32)>,
    code: Code,
    shape: Shape,
}

/// Nodes within a node: number, data and nodes within it.
type Subs = Vec<(u32, u64, u64)>;

impl Writer {
    fn large(&mut self, value: &[u8]) -> u64 {
        self.data(value.chunks(BLOCK).map(<[u8]>::to_vec).collect())
    }

    fn subs(&mut self, subs: &mut Subs) -> u64 {
        if subs.is_empty() {
            return 0;
        }
        subs.sort_by_key(|(nid, _, _)| *nid);
        let mut list = vec![2, 0];
        list.extend((subs.len() as u16).to_le_bytes());
        if self.shape != Shape::Ansi {
            list.extend([0; 4]);
        }
        for (nid, data, sub) in subs {
            for value in [u64::from(*nid), *data, *sub] {
                list.extend(self.wide(value));
            }
        }
        self.block(list, true)
    }

    /// Where a value goes: the heap, or a node of its own.
    fn value(&mut self, value: Vec<u8>, heap: &mut Heap, subs: &mut Subs) -> u32 {
        if value.is_empty() {
            return 0;
        }
        if value.len() <= MOST_IN_HEAP {
            return heap.add(value);
        }
        let nid = 0x1_001f + subs.len() as u32 * 0x20;
        let data = self.large(&value);
        subs.push((nid, data, 0));
        nid
    }

    fn properties(&mut self, props: &[Prop], subs: &mut Subs) -> u64 {
        let mut heap = Heap::new(0xbc, self.shape);
        let mut records = Vec::new();
        let mut props: Vec<&Prop> = props.iter().collect();
        props.sort_by_key(|prop| prop.id);
        for prop in props {
            let mut value = match prop.kind & MANY {
                0 => prop.values[0].clone(),
                _ => several(&prop.values),
            };
            let held = if matches!(prop.kind, 2 | 3 | 4 | 0x0b) {
                value.resize(4, 0);
                u32::from_le_bytes(value.try_into().unwrap())
            } else {
                self.value(value, &mut heap, subs)
            };
            records.extend(prop.id.to_le_bytes());
            records.extend(prop.kind.to_le_bytes());
            records.extend(held.to_le_bytes());
        }
        let root = tree(&mut heap, 2, 6, records);
        self.data(heap.bytes(root))
    }

    fn table(&mut self, rows: &[Vec<Prop>]) -> (u64, u64) {
        let mut columns: Vec<(u16, u16)> = rows
            .iter()
            .flatten()
            .map(|prop| (prop.id, prop.kind))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let mut heap = Heap::new(0x7c, self.shape);
        let mut subs = Subs::new();
        let end = 4 + columns.len() * 4;
        let width = end + columns.len().div_ceil(8);
        let (mut matrix, mut index) = (Vec::new(), Vec::new());
        let value = if self.shape == Shape::Ansi { 2 } else { 4 };
        for (number, props) in rows.iter().enumerate() {
            let mut row = vec![0; width];
            row[..4].copy_from_slice(&(number as u32).to_le_bytes());
            for prop in props {
                let column = columns
                    .iter()
                    .position(|c| *c == (prop.id, prop.kind))
                    .unwrap();
                let held = match prop.kind {
                    3 => prop.values[0].clone(),
                    _ => self
                        .value(prop.values[0].clone(), &mut heap, &mut subs)
                        .to_le_bytes()
                        .to_vec(),
                };
                row[4 + column * 4..8 + column * 4].copy_from_slice(&held);
                row[end + column / 8] |= 0x80 >> (column % 8);
            }
            matrix.extend(row);
            index.extend((number as u32).to_le_bytes());
            index.extend(&(number as u32).to_le_bytes()[..value]);
        }
        let index = tree(&mut heap, 4, value as u8, index);
        let nid = 0x2_001f;
        let rows_per_block = BLOCK / width;
        let data = self.data(
            matrix
                .chunks(rows_per_block * width)
                .map(<[u8]>::to_vec)
                .collect(),
        );
        subs.push((nid, data, 0));
        let info = table_info(&columns, end, width, index, nid);
        let root = heap.add(info);
        let data = self.data(heap.bytes(root));
        (data, self.subs(&mut subs))
    }

    fn item(&mut self, item: &Item) -> (u64, u64) {
        let mut subs = Subs::new();
        let data = self.properties(&item.props, &mut subs);
        if !item.recipients.is_empty() {
            let (data, sub) = self.table(&item.recipients);
            subs.push((0x692, data, sub));
        }
        for (number, (props, inner)) in item.attachments.iter().enumerate() {
            let (mut props, mut inside) = (props.clone(), Subs::new());
            if let Some(inner) = inner {
                let nid = 0x3_0004;
                let (data, sub) = self.item(inner);
                inside.push((nid, data, sub));
                let object = [nid.to_le_bytes(), [0; 4]].concat();
                props.push(bytes(0x3701, OBJECT, object));
            }
            let data = self.properties(&props, &mut inside);
            let sub = self.subs(&mut inside);
            subs.push((0x8025 + number as u32 * 0x20, data, sub));
        }
        (data, self.subs(&mut subs))
    }

    fn node(&mut self, nid: u32, parent: u32, props: &[Prop]) {
        let mut subs = Subs::new();
        let data = self.properties(props, &mut subs);
        let sub = self.subs(&mut subs);
        self.nodes.push((nid, data, sub, parent));
    }
}

/// What a table says about itself: its columns and where its rows are.
fn table_info(columns: &[(u16, u16)], end: usize, width: usize, index: u32, nid: u32) -> Vec<u8> {
    let mut info = vec![0x7c, columns.len() as u8];
    for place in [end, end, end, width] {
        info.extend((place as u16).to_le_bytes());
    }
    info.extend(index.to_le_bytes());
    info.extend(nid.to_le_bytes());
    info.extend([0; 4]);
    for (number, (id, kind)) in columns.iter().enumerate() {
        info.extend(kind.to_le_bytes());
        info.extend(id.to_le_bytes());
        info.extend((4 + number as u16 * 4).to_le_bytes());
        info.extend([4, number as u8]);
    }
    info
}

fn several(values: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = (values.len() as u32).to_le_bytes().to_vec();
    let mut at = 4 + values.len() * 4;
    for value in values {
        bytes.extend((at as u32).to_le_bytes());
        at += value.len();
    }
    bytes.extend(values.concat());
    bytes
}

/// The tree over these records; its header.
fn tree(heap: &mut Heap, key: u8, value: u8, records: Vec<u8>) -> u32 {
    let size = usize::from(key + value);
    let most = MOST_IN_HEAP / size * size;
    let mut pieces: Vec<(Vec<u8>, u32)> = records
        .chunks(most)
        .map(|piece| (piece[..usize::from(key)].to_vec(), heap.add(piece.to_vec())))
        .collect();
    let mut level = 0;
    while pieces.len() > 1 {
        let most = MOST_IN_HEAP / (usize::from(key) + 4);
        let above = pieces.chunks(most).map(|below| {
            let piece = below
                .iter()
                .flat_map(|(key, hid)| [key.clone(), hid.to_le_bytes().to_vec()].concat());
            (below[0].0.clone(), heap.add(piece.collect()))
        });
        pieces = above.collect();
        level += 1;
    }
    let root = pieces.first().map_or(0, |(_, hid)| *hid);
    let mut header = vec![0xb5, key, value, level];
    header.extend(root.to_le_bytes());
    heap.add(header)
}
