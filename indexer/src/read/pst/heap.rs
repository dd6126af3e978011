//! The middle layer of a mailbox ([MS-PST] 2.3): heaps within nodes, and the lists of properties and tables of rows
//! that are kept in them. Never gives a meaning to properties.

use std::collections::HashMap;

use super::super::Reason;
use super::super::outlook::props::{
    BINARY, MANY, Names, OBJECT, Prop, STRING8, UNICODE, u16_at, u32_at,
};
use super::ndb::{Ndb, Node, Shape, broken};

/// Bytes of one item.
pub(super) const MOST_BYTES: usize = 256 << 20;
/// Records of one list.
const MOST_RECORDS: usize = 1 << 20;

/// A heap: small pieces by number, and the nodes that hold what is too big for it.
pub(super) struct Heap {
    blocks: Vec<Vec<u8>>,
    /// The nodes within the node.
    pub(super) nodes: HashMap<u32, Node>,
    /// Why those are not all there.
    trouble: Option<Reason>,
    large: bool,
    root: u32,
    kind: u8,
}

impl Heap {
    /// Reads the heap of a node.
    pub(super) fn open(ndb: &mut Ndb<'_>, data: u64, sub: u64) -> Result<Self, Reason> {
        let blocks = ndb.blocks(data, MOST_BYTES)?;
        let bad = || broken("een onderdeel van het postvak klopt niet");
        let first = blocks.first().filter(|block| block.get(2) == Some(&0xec));
        let first = first.ok_or_else(bad)?;
        let (kind, root) = (first[3], u32_at(first, 4).ok_or_else(bad)?);
        // What is in the heap itself is worth having without them.
        let (nodes, trouble) = match ndb.subnodes(sub) {
            Ok(nodes) => (nodes, None),
            Err(reason) => (HashMap::new(), Some(reason)),
        };
        Ok(Self {
            nodes,
            trouble,
            large: ndb.shape == Shape::Large,
            blocks,
            root,
            kind,
        })
    }

    /// A piece of the heap.
    fn piece(&self, hid: u32) -> Option<&[u8]> {
        let narrow = (hid >> 16, (hid >> 5) & 0x7ff);
        let wide = (hid >> 19, (hid >> 5) & 0x3fff);
        if self.large
            && let Some(piece) = self.piece_at(wide)
        {
            return Some(piece);
        }
        self.piece_at(narrow)
    }

    fn piece_at(&self, (block, index): (u32, u32)) -> Option<&[u8]> {
        let block = self.blocks.get(usize::try_from(block).ok()?)?;
        let map = usize::from(u16_at(block, 0)?);
        let index = usize::try_from(index).ok()?.checked_sub(1)?;
        if index >= usize::from(u16_at(block, map)?) {
            return None;
        }
        let place = |index: usize| u16_at(block, map + 4 + index * 2).map(usize::from);
        block.get(place(index)?..place(index + 1)?)
    }

    /// A value: in the heap, or in a node of its own.
    fn value(&self, ndb: &mut Ndb<'_>, hnid: u32) -> Result<Vec<u8>, Reason> {
        if hnid == 0 {
            return Ok(Vec::new());
        }
        if hnid & 0x1f == 0 {
            let piece = self.piece(hnid).map(<[u8]>::to_vec);
            return piece.ok_or_else(|| broken("een eigenschap is niet te lezen"));
        }
        let node = self.nodes.get(&hnid);
        let node = node.ok_or_else(|| broken("een eigenschap ontbreekt"))?;
        Ok(ndb.blocks(node.data, MOST_BYTES)?.concat())
    }

    /// The records of a tree within the heap: keys with what belongs to them, both of a fixed size.
    fn records(&self, header: u32) -> Option<(usize, Vec<&[u8]>)> {
        let header = self
            .piece(header)
            .filter(|header| header.first() == Some(&0xb5))?;
        let key = usize::from(*header.get(1)?);
        let value = usize::from(*header.get(2)?);
        let depth = *header.get(3)?;
        let mut left = vec![(u32_at(header, 4)?, depth)];
        let mut records = Vec::new();
        if key == 0 || value == 0 || depth > 8 {
            return None;
        }
        while let Some((hid, level)) = left.pop() {
            let Some(piece) = self.piece(hid) else {
                continue;
            };
            if level == 0 {
                records.extend(piece.chunks_exact(key + value));
            } else {
                let below = piece
                    .chunks_exact(key + 4)
                    .filter_map(|one| u32_at(one, key));
                let below: Vec<u32> = below.collect();
                left.extend(below.into_iter().rev().map(|hid| (hid, level - 1)));
            }
            if records.len() + left.len() > MOST_RECORDS {
                break;
            }
        }
        Some((key, records))
    }

    /// The properties that the heap holds; the first that could not be read is told.
    pub(super) fn properties(
        &self,
        ndb: &mut Ndb<'_>,
        names: &Names,
    ) -> Result<(Vec<Prop>, Option<Reason>), Reason> {
        let records = self.records(self.root).filter(|_| self.kind == 0xbc);
        let (_, records) =
            records.ok_or_else(|| broken("een lijst van eigenschappen klopt niet"))?;
        let (mut list, mut trouble, mut size) = (Vec::new(), self.trouble.clone(), 0);
        for record in records {
            let (Some(id), Some(kind)) = (u16_at(record, 0), u16_at(record, 2)) else {
                continue;
            };
            let held = record.get(4..8).unwrap_or_default();
            let value = match kind {
                0..=4 | 0x0a | 0x0b => Ok(held.to_vec()),
                _ => self.value(ndb, u32_at(held, 0).unwrap_or(0)),
            };
            match value {
                Ok(value) => {
                    size += value.len();
                    list.push(prop(id, kind, value, names));
                }
                Err(reason) => trouble = trouble.or(Some(reason)),
            }
            if size > MOST_BYTES {
                trouble = Some(Reason::Limit("een bericht is te groot".into()));
                break;
            }
        }
        Ok((list, trouble))
    }

    /// The rows of the table that the heap holds.
    pub(super) fn rows(&self, ndb: &mut Ndb<'_>, names: &Names) -> Result<Vec<Vec<Prop>>, Reason> {
        let bad = || broken("een tabel van het postvak klopt niet");
        let info = self
            .piece(self.root)
            .filter(|_| self.kind == 0x7c)
            .ok_or_else(bad)?;
        let count = usize::from(*info.get(1).ok_or_else(bad)?);
        let width = usize::from(u16_at(info, 8).ok_or_else(bad)?);
        let bits = usize::from(u16_at(info, 6).ok_or_else(bad)?);
        let index = u32_at(info, 10).ok_or_else(bad)?;
        let matrix = u32_at(info, 14).ok_or_else(bad)?;
        let columns = info
            .get(22..)
            .unwrap_or_default()
            .chunks_exact(8)
            .take(count);
        let columns: Vec<&[u8]> = columns.collect();
        let live = self.records(index);
        let live = live.map_or(usize::MAX, |(_, records)| records.len());
        let mut rows = Vec::new();
        if width == 0 {
            return Err(bad());
        }
        // Rows do not cross blocks.
        for block in self.matrix(ndb, matrix)? {
            for row in block.chunks_exact(width) {
                if rows.len() >= live {
                    break;
                }
                rows.push(self.row(ndb, row, bits, &columns, names));
            }
        }
        Ok(rows)
    }

    /// Whether the heap holds an item, a folder or an attachment.
    pub(super) fn has_properties(&self) -> bool {
        self.kind == 0xbc
    }

    fn matrix(&self, ndb: &mut Ndb<'_>, hnid: u32) -> Result<Vec<Vec<u8>>, Reason> {
        match self.nodes.get(&hnid) {
            Some(node) => ndb.blocks(node.data, MOST_BYTES),
            None => Ok(vec![self.value(ndb, hnid)?]),
        }
    }

    /// The cells of a row that are filled.
    fn row(
        &self,
        ndb: &mut Ndb<'_>,
        row: &[u8],
        bits: usize,
        columns: &[&[u8]],
        names: &Names,
    ) -> Vec<Prop> {
        let mut list = Vec::new();
        for column in columns {
            let (Some(kind), Some(id), Some(at)) =
                (u16_at(column, 0), u16_at(column, 2), u16_at(column, 4))
            else {
                continue;
            };
            let (at, size, bit) = (
                usize::from(at),
                usize::from(column[6]),
                usize::from(column[7]),
            );
            let filled = row
                .get(bits + bit / 8)
                .is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
            let Some(cell) = row.get(at..at + size).filter(|_| filled) else {
                continue;
            };
            let held = matches!(kind, 0..=7 | 0x0a | 0x0b | 0x14 | 0x40);
            let value = match held {
                true => Ok(cell.to_vec()),
                false => self.value(ndb, u32_at(cell, 0).unwrap_or(0)),
            };
            // The rest of the row is worth more than a cell that cannot be read.
            if let Ok(value) = value {
                list.push(prop(id, kind, value, names));
            }
        }
        list
    }
}

fn prop(id: u16, kind: u16, value: Vec<u8>, names: &Names) -> Prop {
    let name = if id >= 0x8000 {
        names.get(&id).cloned()
    } else {
        None
    };
    let values = match kind & !MANY {
        _ if kind & MANY == 0 => vec![value],
        STRING8 | UNICODE | BINARY | OBJECT => several(&value),
        2 => value.chunks_exact(2).map(<[u8]>::to_vec).collect(),
        3 | 4 => value.chunks_exact(4).map(<[u8]>::to_vec).collect(),
        0x48 => value.chunks_exact(16).map(<[u8]>::to_vec).collect(),
        _ => value.chunks_exact(8).map(<[u8]>::to_vec).collect(),
    };
    Prop {
        id,
        kind,
        name,
        values,
    }
}

/// Several values: their number, where each begins, and the values.
fn several(bytes: &[u8]) -> Vec<Vec<u8>> {
    let count = u32_at(bytes, 0).and_then(|count| usize::try_from(count).ok());
    let count = count.unwrap_or(0).min(bytes.len() / 4);
    let place = |number: usize| u32_at(bytes, 4 + number * 4).map(|at| at as usize);
    let value = |number: usize| {
        let end = if number + 1 < count {
            place(number + 1)?
        } else {
            bytes.len()
        };
        bytes.get(place(number)?..end).map(<[u8]>::to_vec)
    };
    (0..count).filter_map(value).collect()
}
