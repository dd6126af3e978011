//! Draws grey pictures with a small block font, for the drawing in the demo archive, and writes
//! PNG. Never reads a picture.

use std::io;

use super::deflate;

/// A picture of 8 bits of grey a point, rows from the top.
pub struct Picture {
    /// Points in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The points; 255 is white.
    pub grey: Vec<u8>,
}

/// Five columns by seven rows for each sign; a row is a number of five bits.
const FONT: &[(char, [u8; 7])] = &[
    ('A', [14, 17, 17, 31, 17, 17, 17]),
    ('B', [30, 17, 17, 30, 17, 17, 30]),
    ('C', [14, 17, 16, 16, 16, 17, 14]),
    ('D', [30, 17, 17, 17, 17, 17, 30]),
    ('E', [31, 16, 16, 30, 16, 16, 31]),
    ('F', [31, 16, 16, 30, 16, 16, 16]),
    ('G', [14, 17, 16, 23, 17, 17, 15]),
    ('H', [17, 17, 17, 31, 17, 17, 17]),
    ('I', [14, 4, 4, 4, 4, 4, 14]),
    ('J', [7, 2, 2, 2, 2, 18, 12]),
    ('K', [17, 18, 20, 24, 20, 18, 17]),
    ('L', [16, 16, 16, 16, 16, 16, 31]),
    ('M', [17, 27, 21, 21, 17, 17, 17]),
    ('N', [17, 25, 21, 19, 17, 17, 17]),
    ('O', [14, 17, 17, 17, 17, 17, 14]),
    ('P', [30, 17, 17, 30, 16, 16, 16]),
    ('Q', [14, 17, 17, 17, 21, 18, 13]),
    ('R', [30, 17, 17, 30, 20, 18, 17]),
    ('S', [15, 16, 16, 14, 1, 1, 30]),
    ('T', [31, 4, 4, 4, 4, 4, 4]),
    ('U', [17, 17, 17, 17, 17, 17, 14]),
    ('V', [17, 17, 17, 17, 17, 10, 4]),
    ('W', [17, 17, 17, 21, 21, 27, 17]),
    ('X', [17, 17, 10, 4, 10, 17, 17]),
    ('Y', [17, 17, 10, 4, 4, 4, 4]),
    ('Z', [31, 1, 2, 4, 8, 16, 31]),
    ('0', [14, 17, 19, 21, 25, 17, 14]),
    ('1', [4, 12, 4, 4, 4, 4, 14]),
    ('2', [14, 17, 1, 2, 4, 8, 31]),
    ('3', [31, 2, 4, 2, 1, 17, 14]),
    ('4', [2, 6, 10, 18, 31, 2, 2]),
    ('5', [31, 16, 30, 1, 1, 17, 14]),
    ('6', [6, 8, 16, 30, 17, 17, 14]),
    ('7', [31, 1, 2, 4, 8, 8, 8]),
    ('8', [14, 17, 17, 14, 17, 17, 14]),
    ('9', [14, 17, 17, 15, 1, 2, 12]),
    ('.', [0, 0, 0, 0, 0, 12, 12]),
    (',', [0, 0, 0, 0, 12, 4, 8]),
    ('-', [0, 0, 0, 31, 0, 0, 0]),
    ('/', [0, 1, 2, 4, 8, 16, 0]),
    (':', [0, 12, 12, 0, 12, 12, 0]),
];

impl Picture {
    /// An empty sheet.
    pub fn sheet(width: usize, height: usize, shade: u8) -> Self {
        Self {
            width,
            height,
            grey: vec![shade; width * height],
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, shade: u8) {
        for row in y..(y + height).min(self.height) {
            for column in x..(x + width).min(self.width) {
                if let Some(point) = self.grey.get_mut(row * self.width + column) {
                    *point = shade;
                }
            }
        }
    }

    /// Writes one line in capitals, each point of the font `size` points wide.
    pub fn write(&mut self, x: usize, y: usize, size: usize, line: &str) {
        for (at, letter) in line.to_uppercase().chars().enumerate() {
            let Some((_, rows)) = FONT.iter().find(|(sign, _)| *sign == letter) else {
                continue;
            };
            for (row, bits) in rows.iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    self.fill(x + (at * 6 + column) * size, y + row * size, size, size, 40);
                }
            }
        }
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let size = |length: usize| {
            u32::try_from(length)
                .map(u32::to_be_bytes)
                .map_err(io::Error::other)
        };
        let mut head = Vec::new();
        head.extend(size(self.width)?);
        head.extend(size(self.height)?);
        head.extend([8, 0, 0, 0, 0]);
        // Every row starts with its filter; 0 is none.
        let rows: Vec<u8> = self
            .grey
            .chunks(self.width)
            .flat_map(|row| [&[0], row].concat())
            .collect();
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        for (name, data) in [
            (b"IHDR", head),
            (b"IDAT", deflate(&rows)?),
            (b"IEND", Vec::new()),
        ] {
            let chunk = [&name[..], &data].concat();
            let mut sum = flate2::Crc::new();
            sum.update(&chunk);
            out.extend(size(data.len())?);
            out.extend(chunk);
            out.extend(sum.sum().to_be_bytes());
        }
        Ok(out)
    }
}
