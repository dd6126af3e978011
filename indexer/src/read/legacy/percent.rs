//! Which numbers of an old workbook are percentages ([MS-XLS] 2.4.126, 2.4.353): the library gives the bare fraction.
//! Knows the cells by their places, and changes none when one of them is not what it should be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use undoc::Table;

use super::super::xlsx::{is_percent, percent};
use super::records::{u16_at, u32_at};
use super::workbook::chars;

const FORMAT: u16 = 0x41e;
const STYLE: u16 = 0xe0;

const NUMBER: u16 = 0x203;
const SHORT_NUMBER: u16 = 0x27e;
const SHORT_NUMBERS: u16 = 0xbd;
const FORMULA: u16 = 0x06;
const RESULT: u16 = 0x207;
const NOTE: u16 = 0x1c;
/// Texts and truth values: of these only the place matters.
const OTHERS: [u16; 4] = [0xfd, 0x204, 0xd6, 0x205];

/// How the cells of a workbook are shown.
#[derive(Default)]
pub(super) struct Styles {
    formats: Vec<u16>,
    /// Formats of the workbook itself.
    own: HashMap<u16, bool>,
}

impl Styles {
    /// Takes a record that may be about styles. `wide`: Excel 97 and later.
    pub(super) fn take(&mut self, kind: u16, data: &[u8], wide: bool) {
        match kind {
            STYLE => self.formats.push(u16_at(data, 2).unwrap_or(0)),
            FORMAT => {
                let code = match wide {
                    true => u16_at(data, 2).and_then(|length| chars(&data[4..], length.into())),
                    false => data
                        .get(3..)
                        .map(|code| String::from_utf8_lossy(code).into()),
                };
                if let (Some(number), Some(code)) = (u16_at(data, 0), code) {
                    self.own.insert(number, is_percent(0, Some(&code)));
                }
            }
            _ => {}
        }
    }

    fn is_percent(&self, style: u16) -> bool {
        let format = self.formats.get(usize::from(style)).copied();
        format.is_some_and(|format| {
            let own = self.own.get(&format).copied();
            own.unwrap_or_else(|| is_percent(format.into(), None))
        })
    }
}

/// The cells of one sheet.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// The rows in which anything stands.
    rows: BTreeSet<u16>,
    /// By row and column.
    percentages: BTreeMap<(u16, u16), f64>,
    /// The row of a formula of which the text follows.
    waiting: Option<u16>,
}

impl Cells {
    /// Takes a record that may be about cells.
    pub(super) fn take(&mut self, kind: u16, data: &[u8], styles: &Styles) {
        let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
            return;
        };
        let style = u16_at(data, 4).unwrap_or(0);
        match kind {
            NOTE if row != u16::MAX => {
                self.rows.insert(row);
            }
            NUMBER => self.number(row, column, style, double(data), styles),
            SHORT_NUMBER => self.number(row, column, style, short(data, 6), styles),
            SHORT_NUMBERS => {
                let several = data.len().saturating_sub(6) / 6;
                for (column, at) in (column..).zip((4..).step_by(6)).take(several) {
                    let style = u16_at(data, at).unwrap_or(0);
                    self.number(row, column, style, short(data, at + 2), styles);
                }
            }
            FORMULA => match data.get(6..14) {
                Some([0, .., 0xff, 0xff]) => self.waiting = Some(row),
                Some([1 | 2, .., 0xff, 0xff]) => {
                    self.rows.insert(row);
                }
                Some([.., 0xff, 0xff]) | None => {}
                Some(_) => self.number(row, column, style, double(data), styles),
            },
            RESULT => self.rows.extend(self.waiting.take()),
            _ if OTHERS.contains(&kind) => {
                self.rows.insert(row);
            }
            _ => {}
        }
    }

    fn number(&mut self, row: u16, column: u16, style: u16, value: Option<f64>, styles: &Styles) {
        self.rows.insert(row);
        self.percentages.remove(&(row, column));
        if let Some(value) = value.filter(|_| styles.is_percent(style)) {
            self.percentages.insert((row, column), value);
        }
    }

    /// Writes the percentages of a table as such. It has the rows in which anything stands.
    pub(super) fn write(&self, table: &mut Table) {
        if self.percentages.is_empty() {
            return;
        }
        let columns = table.cell_columns();
        let ranks: HashMap<u16, usize> = self.rows.iter().copied().zip(0..).collect();
        let mut found = Vec::new();
        for ((row, column), value) in &self.percentages {
            let Some(&rank) = ranks.get(row) else { return };
            let cell = columns
                .get(rank)
                .and_then(|columns| columns.binary_search(&usize::from(*column)).ok());
            // One that is covered by another is not shown.
            let Some(cell) = cell else { continue };
            let run = text(table, rank, cell).filter(|text| **text == value.to_string());
            if run.is_none() {
                return;
            }
            found.push((rank, cell, percent(*value)));
        }
        for (rank, cell, shown) in found {
            if let Some(text) = text(table, rank, cell) {
                *text = shown;
            }
        }
    }
}

fn text(table: &mut Table, row: usize, cell: usize) -> Option<&mut String> {
    let cell = table.rows.get_mut(row)?.cells.get_mut(cell)?;
    let run = cell.content.first_mut()?.runs.first_mut()?;
    Some(&mut run.text)
}

fn double(data: &[u8]) -> Option<f64> {
    Some(f64::from_le_bytes(data.get(6..14)?.try_into().ok()?))
}

/// A number in four bytes: the upper half of a fraction, or a whole number, of hundredths perhaps.
fn short(data: &[u8], at: usize) -> Option<f64> {
    let bits = u32_at(data, at)?;
    let number = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    Some(match bits & 1 {
        0 => number,
        _ => number / 100.0,
    })
}
