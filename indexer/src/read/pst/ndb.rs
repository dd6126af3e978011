//! The lowest layer of a mailbox ([MS-PST] 2.2): pages with two trees, nodes, and the blocks they consist of. Holds
//! single pages and blocks; never knows what is in them.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};
use std::rc::Rc;

use super::super::encoding::read_full;
use super::super::outlook::props::{u16_at, u32_at, u64_at};
use super::super::{Reason, Source};
use super::code::Code;

/// Levels of a tree or of a list of blocks, beyond which no honest file goes.
const DEEPEST: usize = 12;
/// Pages remembered.
const MOST_PAGES: usize = 4096;
/// Blocks of one piece of data.
const MOST_BLOCKS: usize = 1 << 20;

/// How wide the numbers in the file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Outlook 97 to 2002.
    Ansi,
    /// Outlook 2003 and later.
    Unicode,
    /// Local copies of Outlook 2013 and later.
    Large,
}

/// A node: an item, a folder or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Its number; the last five bits tell its kind.
    pub(super) nid: u32,
    /// Where its data begins.
    pub(super) data: u64,
    /// Where the list of nodes within it is.
    pub(super) sub: u64,
    /// The folder it lies in.
    pub(super) parent: u32,
}

/// Where a block is.
struct Block {
    at: u64,
    size: usize,
    unpacked: usize,
}

/// A page of a tree.
struct Page {
    bytes: Vec<u8>,
    level: u8,
    entry: usize,
    count: usize,
}

impl Page {
    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.entry).take(self.count)
    }
}

/// The lowest layer of one mailbox.
pub(super) struct Ndb<'f> {
    file: &'f mut Source,
    /// Which shape it has.
    pub(super) shape: Shape,
    code: Code,
    nodes_root: u64,
    blocks_root: u64,
    pages: HashMap<u64, Rc<Page>>,
}

/// A mailbox that is not what it should be.
pub(super) fn broken(what: &str) -> Reason {
    Reason::Broken(what.to_owned())
}

impl<'f> Ndb<'f> {
    /// Reads the header.
    pub(super) fn open(file: &'f mut Source) -> Result<Self, Reason> {
        let mut head = [0; 564];
        let read = file.rewind().and_then(|()| read_full(file, &mut head));
        let short = || broken("het begin van het postvak ontbreekt");
        let filled = read.map_err(|error| Reason::Broken(error.to_string()))?;
        let head = &head[..filled];
        let (shape, code) = match u16_at(head, 10).ok_or_else(short)? {
            14 | 15 => (Shape::Ansi, 461),
            20..=35 => (Shape::Unicode, 513),
            36.. => (Shape::Large, 513),
            other => {
                let reason = format!("voor postvakken van versie {other} is er geen lezer");
                return Err(Reason::Other(reason));
            }
        };
        let code = match head.get(code).ok_or_else(short)? {
            0 => Code::Plain,
            1 => Code::Permute,
            2 => Code::Cyclic,
            _ => {
                let reason = "versleuteld postvak (Windows Information Protection)";
                return Err(Reason::Other(reason.into()));
            }
        };
        let (nodes_root, blocks_root) = match shape {
            Shape::Ansi => (
                u32_at(head, 188).map(u64::from),
                u32_at(head, 196).map(u64::from),
            ),
            _ => (u64_at(head, 224), u64_at(head, 240)),
        };
        Ok(Self {
            file,
            shape,
            code,
            nodes_root: nodes_root.ok_or_else(short)?,
            blocks_root: blocks_root.ok_or_else(short)?,
            pages: HashMap::new(),
        })
    }

    /// A number of the width that this file has.
    fn wide(&self, bytes: &[u8], place: usize) -> u64 {
        let value = match self.shape {
            Shape::Ansi => u32_at(bytes, place * 4).map(u64::from),
            _ => u64_at(bytes, place * 8),
        };
        value.unwrap_or(0)
    }

    fn read(&mut self, at: u64, size: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.file.seek(SeekFrom::Start(at)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn page(&mut self, at: u64, kind: u8) -> Result<Rc<Page>, Reason> {
        if let Some(page) = self.pages.get(&at) {
            return Ok(Rc::clone(page));
        }
        let (size, trailer) = match self.shape {
            Shape::Ansi => (512, 500),
            Shape::Unicode => (512, 496),
            Shape::Large => (4096, 4072),
        };
        let bad = || broken("een pagina van het postvak klopt niet");
        if !at.is_multiple_of(512) {
            return Err(bad());
        }
        let mut bytes = self.read(at, size).ok_or_else(bad)?;
        if bytes[trailer] != kind {
            return Err(bad());
        }
        let (end, count, entry, level) = match self.shape {
            Shape::Ansi => (496, usize::from(bytes[496]), bytes[498], bytes[499]),
            Shape::Unicode => (488, usize::from(bytes[488]), bytes[490], bytes[491]),
            Shape::Large => {
                let count = usize::from(u16_at(&bytes, 4056).unwrap_or(0));
                (4056, count, bytes[4060], bytes[4061])
            }
        };
        bytes.truncate(end);
        let entry = usize::from(entry);
        if entry < 8 || usize::from(level) > DEEPEST {
            return Err(bad());
        }
        let page = Rc::new(Page {
            bytes,
            level,
            entry,
            count,
        });
        if self.pages.len() >= MOST_PAGES {
            self.pages.clear();
        }
        self.pages.insert(at, Rc::clone(&page));
        Ok(page)
    }

    /// All nodes, and how many pages of them could not be read.
    pub(super) fn nodes(&mut self) -> (Vec<Node>, u64) {
        let (mut nodes, mut lost) = (Vec::new(), 0);
        let mut left = vec![self.nodes_root];
        let mut seen = HashSet::new();
        while let Some(at) = left.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Ok(page) = self.page(at, 0x81) else {
                lost += 1;
                continue;
            };
            if page.level == 0 {
                nodes.extend(page.entries().map(|entry| Node {
                    nid: u32_at(entry, 0).unwrap_or(0),
                    data: self.wide(entry, 1),
                    sub: self.wide(entry, 2),
                    parent:
                        u32_at(entry, if self.shape == Shape::Ansi { 12 } else { 24 }).unwrap_or(0),
                }));
            } else {
                let below: Vec<u64> = page.entries().map(|entry| self.wide(entry, 2)).collect();
                left.extend(below.into_iter().rev());
            }
        }
        (nodes, lost)
    }

    fn find(&mut self, bid: u64) -> Result<Block, Reason> {
        let wanted = bid & !1;
        let mut at = self.blocks_root;
        for _ in 0..=DEEPEST {
            let page = self.page(at, 0x80)?;
            if page.level == 0 {
                let mut entries = page.entries();
                let entry = entries.find(|entry| self.wide(entry, 0) & !1 == wanted);
                let entry = entry.ok_or_else(|| broken("een blok van het postvak ontbreekt"))?;
                let sizes = if self.shape == Shape::Ansi { 8 } else { 16 };
                let size = usize::from(u16_at(entry, sizes).unwrap_or(0));
                let unpacked = match self.shape {
                    Shape::Large => usize::from(u16_at(entry, sizes + 2).unwrap_or(0)),
                    _ => size,
                };
                let at = self.wide(entry, 1);
                return Ok(Block { at, size, unpacked });
            }
            let below = page
                .entries()
                .take_while(|entry| self.wide(entry, 0) & !1 <= wanted);
            at = match below.last() {
                Some(entry) => self.wide(entry, 2),
                None => break,
            };
        }
        Err(broken("een blok van het postvak ontbreekt"))
    }

    /// The bytes of one block.
    fn block(&mut self, bid: u64) -> Result<Vec<u8>, Reason> {
        let block = self.find(bid)?;
        let bad = || broken("een blok van het postvak is niet te lezen");
        let mut bytes = self.read(block.at, block.size).ok_or_else(bad)?;
        if block.unpacked != 0 && block.unpacked != block.size {
            let mut unpacked = Vec::new();
            flate2::read::ZlibDecoder::new(bytes.as_slice())
                .take(1 << 20)
                .read_to_end(&mut unpacked)
                .map_err(|_| bad())?;
            bytes = unpacked;
        }
        // Lists of blocks are never written in code.
        if bid & 2 == 0 {
            self.code.decode(&mut bytes, bid);
        }
        Ok(bytes)
    }

    /// The blocks that a piece of data consists of.
    fn leaves(&mut self, bid: u64) -> Result<Vec<u64>, Reason> {
        let mut leaves = Vec::new();
        let mut left = vec![(bid, 0)];
        while let Some((bid, depth)) = left.pop() {
            if bid & 2 == 0 {
                leaves.push(bid);
                continue;
            }
            let list = self.block(bid)?;
            let width = if self.shape == Shape::Ansi { 4 } else { 8 };
            let count = usize::from(u16_at(&list, 2).unwrap_or(0));
            let fits = list.first() == Some(&1) && depth < 3;
            if !fits || left.len() + leaves.len() + count > MOST_BLOCKS {
                return Err(broken("een lijst van blokken klopt niet"));
            }
            let inner = list.get(8..).unwrap_or_default();
            let below: Vec<u64> = (0..count.min(inner.len() / width))
                .map(|place| self.wide(inner, place))
                .collect();
            left.extend(below.into_iter().rev().map(|bid| (bid, depth + 1)));
        }
        Ok(leaves)
    }

    /// The blocks of a piece of data, no more than `most` bytes together.
    pub(super) fn blocks(&mut self, bid: u64, most: usize) -> Result<Vec<Vec<u8>>, Reason> {
        if bid == 0 {
            return Ok(Vec::new());
        }
        let mut size = 0;
        let mut blocks = Vec::new();
        for leaf in self.leaves(bid)? {
            let block = self.block(leaf)?;
            size += block.len();
            if size > most {
                let reason = format!("van een bericht worden {} MB gelezen", most >> 20);
                return Err(Reason::Limit(reason));
            }
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// The nodes within a node.
    pub(super) fn subnodes(&mut self, bid: u64) -> Result<HashMap<u32, Node>, Reason> {
        let mut nodes = HashMap::new();
        let mut left = vec![(bid, 0)];
        while let Some((bid, depth)) = left.pop() {
            if bid == 0 {
                continue;
            }
            let list = self.block(bid)?;
            let (start, width) = if self.shape == Shape::Ansi {
                (4, 4)
            } else {
                (8, 8)
            };
            let count = usize::from(u16_at(&list, 2).unwrap_or(0));
            let is_leaf = list.get(1) == Some(&0);
            let entry = width * if is_leaf { 3 } else { 2 };
            let entries = list.get(start..).unwrap_or_default().chunks_exact(entry);
            if list.first() != Some(&2) || depth > 2 || nodes.len() > MOST_BLOCKS {
                return Err(broken("een lijst van onderdelen klopt niet"));
            }
            for entry in entries.take(count) {
                let nid = self.wide(entry, 0) as u32;
                let (data, sub) = (self.wide(entry, 1), self.wide(entry, 2));
                if is_leaf {
                    nodes.insert(
                        nid,
                        Node {
                            nid,
                            data,
                            sub,
                            parent: 0,
                        },
                    );
                } else {
                    left.push((data, depth + 1));
                }
            }
        }
        Ok(nodes)
    }
}
