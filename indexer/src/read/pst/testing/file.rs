//! The lowest layer of the mailboxes that tests make: blocks, pages with trees, and the header.

use std::io::Write;

use super::super::code::{self, Code};
use super::super::ndb::Shape;
use super::Writer;

impl Writer {
    /// A number of the width that the shape has.
    pub(super) fn wide(&self, value: u64) -> Vec<u8> {
        match self.shape {
            Shape::Ansi => (value as u32).to_le_bytes().to_vec(),
            _ => value.to_le_bytes().to_vec(),
        }
    }

    pub(super) fn block(&mut self, mut bytes: Vec<u8>, is_list: bool) -> u64 {
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

    pub(super) fn data(&mut self, blocks: Vec<Vec<u8>>) -> u64 {
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

    /// What stands at the end of a page: its kind, signature, checksum and number.
    fn end_page(&self, bytes: &mut Vec<u8>, kind: u8, at: u64, bid: u64) {
        if self.shape == Shape::Unicode {
            bytes.extend([0; 4]);
        }
        let sum = checksum(bytes).to_le_bytes();
        bytes.extend([kind, kind]);
        bytes.extend(signature(at, bid));
        if self.shape == Shape::Ansi {
            bytes.extend((bid as u32).to_le_bytes());
            bytes.extend(sum);
        } else {
            bytes.extend(sum);
            bytes.extend(bid.to_le_bytes());
        }
    }

    /// A tree of pages over these entries; number and place of its root.
    pub(super) fn pages(&mut self, kind: u8, entries: Vec<(u64, Vec<u8>)>) -> Vec<u8> {
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
                self.end_page(&mut bytes, kind, at as u64, bid);
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

    /// What the file begins with: where the trees are.
    fn head(&mut self, nodes: &[u8], blocks: &[u8]) {
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
        put(places[1], nodes);
        put(places[2], blocks);
        put(places[3], &[0x80, code]);
        let sums: &[(usize, usize)] = match self.shape {
            Shape::Ansi => &[(4, 471)],
            _ => &[(4, 471), (524, 516)],
        };
        for (at, size) in sums {
            let sum = checksum(&self.file[8..8 + size]).to_le_bytes();
            self.file[*at..at + 4].copy_from_slice(&sum);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
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
        self.head(&nodes, &blocks);
        self.file
    }
}

/// What says that a page or a block is where it should be.
fn signature(at: u64, bid: u64) -> [u8; 2] {
    let both = (at ^ bid) as u32;
    ((both >> 16) as u16 ^ both as u16).to_le_bytes()
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
