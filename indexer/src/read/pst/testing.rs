//! Makes mailboxes for tests: folders with items, receivers, attachments and items within items, in the three
//! forms that Outlook has used.

use std::io::Write;

use super::super::outlook::props::{BINARY, MANY, OBJECT, Prop, UNICODE};
use super::code::{self, Code};
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
    /// A number of the width that the shape has.
    fn wide(&self, value: u64) -> Vec<u8> {
        match self.shape {
            Shape::Ansi => (value as u32).to_le_bytes().to_vec(),
            _ => value.to_le_bytes().to_vec(),
        }
    }

    fn block(&mut self, mut bytes: Vec<u8>, is_list: bool) -> u64 {
        let bid = (self.blocks.len() as u64 + 1) * 4 + if is_list { 2 } else { 0 };
        let unpacked = bytes.len() as u16;
        if !is_list {
            code::encode(self.code, &mut bytes, bid);
        }
        if self.shape == Shape::Large && !is_list {
            let mut packer =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(&bytes).unwrap();
            let packed = packer.finish().unwrap();
            // A block of which packing makes nothing smaller stays as it is.
            if packed.len() < bytes.len() {
                bytes = packed;
            }
        }
        let (at, size) = (self.file.len() as u64, bytes.len() as u16);
        self.file.extend(&bytes);
        let (trailer, step) = match self.shape {
            Shape::Ansi => (12, 64),
            Shape::Unicode => (16, 64),
            Shape::Large => (24, 512),
        };
        let whole = (bytes.len() + trailer).next_multiple_of(step);
        let start = self.file.len() - bytes.len() + whole - trailer;
        self.file.resize(start, 0);
        // Size, signature, checksum and number.
        self.file.extend(size.to_le_bytes());
        self.file.extend(signature(at, bid));
        let sum = checksum(&bytes).to_le_bytes();
        if self.shape == Shape::Ansi {
            self.file.extend([(bid as u32).to_le_bytes(), sum].concat());
        } else {
            self.file.extend(sum);
            self.file.extend(bid.to_le_bytes());
        }
        if self.shape == Shape::Large {
            self.file.extend([0; 2]);
            self.file.extend(unpacked.to_le_bytes());
            self.file.extend([0; 4]);
        }
        self.blocks.push((bid, at, size, unpacked));
        bid
    }

    fn data(&mut self, blocks: Vec<Vec<u8>>) -> u64 {
        let total: usize = blocks.iter().map(Vec::len).sum();
        let bids: Vec<u64> = blocks
            .into_iter()
            .map(|block| self.block(block, false))
            .collect();
        if let [one] = bids[..] {
            return one;
        }
        let mut list = vec![1, 1];
        list.extend((bids.len() as u16).to_le_bytes());
        list.extend((total as u32).to_le_bytes());
        list.extend(bids.iter().flat_map(|bid| self.wide(*bid)));
        self.block(list, true)
    }

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

    /// A tree of pages over these entries; number and place of its root.
    fn pages(&mut self, kind: u8, entries: Vec<(u64, Vec<u8>)>) -> Vec<u8> {
        let (mut entries, mut level) = (entries, 0_u8);
        let (page_size, room) = match self.shape {
            Shape::Ansi => (512, 496),
            Shape::Unicode => (512, 488),
            Shape::Large => (4096, 4056),
        };
        loop {
            let size = entries[0].1.len();
            let most = room / size;
            let mut above = Vec::new();
            for page in entries.chunks(most) {
                let at = self.file.len().next_multiple_of(page_size);
                self.file.resize(at, 0);
                let mut bytes: Vec<u8> = page.iter().flat_map(|(_, entry)| entry.clone()).collect();
                bytes.resize(room, 0);
                let (count, size) = (page.len() as u16, size as u8);
                if self.shape == Shape::Large {
                    bytes.extend([count, most as u16].map(u16::to_le_bytes).concat());
                    bytes.extend([size, level]);
                    bytes.extend([0; 10]);
                } else {
                    bytes.extend([count as u8, most as u8, size, level]);
                }
                let bid = (at / 512) as u64;
                if self.shape == Shape::Unicode {
                    bytes.extend([0; 4]);
                }
                let sum = checksum(&bytes).to_le_bytes();
                bytes.extend([kind, kind]);
                bytes.extend(signature(at as u64, bid));
                if self.shape == Shape::Ansi {
                    bytes.extend((bid as u32).to_le_bytes());
                    bytes.extend(sum);
                } else {
                    bytes.extend(sum);
                    bytes.extend(bid.to_le_bytes());
                }
                bytes.resize(page_size, 0);
                self.file.extend(bytes);
                let first = page[0].0;
                let entry = [first, bid, at as u64]
                    .map(|value| self.wide(value))
                    .concat();
                above.push((first, entry));
            }
            if let [(_, only)] = &above[..] {
                return only[self.wide(0).len()..].to_vec();
            }
            entries = above;
            level += 1;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.sort_unstable();
        let nodes = nodes.into_iter().map(|(nid, data, sub, parent)| {
            let all = [u64::from(nid), data, sub, u64::from(parent)];
            (u64::from(nid), all.map(|value| self.wide(value)).concat())
        });
        let nodes = nodes.collect();
        let mut blocks = std::mem::take(&mut self.blocks);
        blocks.sort_unstable();
        let blocks = blocks.into_iter().map(|(bid, at, size, unpacked)| {
            let mut entry = [bid, at].map(|value| self.wide(value)).concat();
            entry.extend(size.to_le_bytes());
            match self.shape {
                Shape::Ansi => entry.extend([2, 0]),
                Shape::Unicode => entry.extend([2, 0, 0, 0, 0, 0]),
                Shape::Large => {
                    entry.extend(unpacked.to_le_bytes());
                    entry.extend([2, 0, 0, 0]);
                }
            }
            (bid, entry)
        });
        let blocks = blocks.collect();
        let (blocks, nodes) = (self.pages(0x80, blocks), self.pages(0x81, nodes));
        let end = self.wide(self.file.len() as u64);
        let mut put =
            |at: usize, bytes: &[u8]| self.file[at..at + bytes.len()].copy_from_slice(bytes);
        let (version, places) = match self.shape {
            Shape::Ansi => (14, [168, 184, 192, 460]),
            Shape::Unicode => (23, [184, 216, 232, 512]),
            Shape::Large => (36, [184, 216, 232, 512]),
        };
        let code = match self.code {
            Code::Plain => 0,
            Code::Permute => 1,
            Code::Cyclic => 2,
        };
        put(0, b"!BDN");
        put(8, b"SM");
        put(10, &[version, 0, 19, 0, 1, 1]);
        put(places[0], &end);
        put(places[1], &nodes);
        put(places[2], &blocks);
        put(places[3], &[0x80, code]);
        let sums: &[(usize, usize)] = match self.shape {
            Shape::Ansi => &[(4, 471)],
            _ => &[(4, 471), (524, 516)],
        };
        for (at, size) in sums {
            let sum = checksum(&self.file[8..8 + size]).to_le_bytes();
            self.file[*at..at + 4].copy_from_slice(&sum);
        }
        self.file
    }
}

/// What says that a page or a block is where it should be.
fn signature(at: u64, bid: u64) -> [u8; 2] {
    let both = (at ^ bid) as u32;
    ((both >> 16) as u16 ^ both as u16).to_le_bytes()
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

/// The checksum of the format: that of ZIP without turning its bits around at the ends.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        let mut sum = sum ^ u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
        sum
    })
}
