//! The rows of the first sheet of a workbook, each cell at its own place: for a list of an export. Never reads what stands
//! around the cells.

use super::{Cell, Workbook, is_binary};
use crate::read::package::Package;
use crate::read::sink::Sink;
use crate::read::tokens::{Fault, Step, Token, local};
use crate::read::{Input, Limits, Output, Reason, Stop};

/// A row has no more columns.
const MOST: usize = 16_384;

/// Takes nothing.
struct Nothing;

impl Output for Nothing {
    fn text(&mut self, _: &str) -> Result<(), Stop> {
        Ok(())
    }
    fn end_page(&mut self) -> Result<(), Stop> {
        Ok(())
    }
    fn property(&mut self, _: &str, _: &str) -> Result<(), Stop> {
        Ok(())
    }
    fn begin_child(&mut self, _: &str, _: &str) -> Result<(), Stop> {
        Ok(())
    }
    fn child_bytes(&mut self, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }
    fn end_child(&mut self, _: Option<Reason>) -> Result<(), Stop> {
        Ok(())
    }
}

/// Hands each row of the first sheet to `each`; false ends it.
pub(in crate::read) fn rows(
    input: &mut Input,
    limits: &Limits,
    each: &mut dyn FnMut(Vec<String>) -> Result<bool, Stop>,
) -> Result<(), Fault> {
    let mut package = Package::open(input, limits).map_err(Fault::Bad)?;
    let mut nothing = Nothing;
    let mut sink = Sink::new(&mut nothing);
    let workbook = Workbook::read(&mut package, &mut sink)?;
    let first = workbook.sheets.iter().find(|sheet| !sheet.hidden);
    let Some(sheet) = first.filter(|sheet| !is_binary(&sheet.part)) else {
        let reason = "sla de lijst op als xlsx of csv: deze vorm van een werkmap past niet";
        return Err(Fault::Bad(Reason::Other(reason.to_owned())));
    };
    let (mut cell, mut at, mut inside) = (Cell::default(), 0, false);
    let mut row: Vec<String> = Vec::new();
    let mut wanted = true;
    package.xml(&sheet.part)?.each(|token| {
        match token {
            Token::Start(tag) => {
                inside = false;
                match tag.local() {
                    "row" => row.clear(),
                    "c" => {
                        cell = Cell::new(tag);
                        let named = tag.attr_exact("r");
                        at = named.as_deref().and_then(column).unwrap_or(row.len());
                    }
                    "v" | "t" => inside = true,
                    "rPh" | "f" => return Ok(Step::Skip),
                    _ => {}
                }
            }
            Token::Text(text) if inside => cell.value.push_str(text),
            Token::Text(_) => {}
            Token::End(name) => {
                inside = false;
                match local(name) {
                    "c" if at < MOST => {
                        if row.len() <= at {
                            row.resize(at + 1, String::new());
                        }
                        row[at] = workbook.shown(&cell);
                    }
                    "row" if wanted => wanted = each(std::mem::take(&mut row))?,
                    _ => {}
                }
            }
        }
        Ok(Step::Into)
    })
}

/// The place of a cell in its row: `AB12` is the 28th column.
fn column(reference: &str) -> Option<usize> {
    let mut number = 0usize;
    for letter in reference.bytes().take_while(u8::is_ascii_alphabetic) {
        number = number
            .checked_mul(26)?
            .checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    number.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_at_its_own_place() {
        assert_eq!(column("A1"), Some(0));
        assert_eq!(column("AB12"), Some(27));
        assert_eq!(column("12"), None);
        assert_eq!(column(&"Z".repeat(60)), None);
    }
}
