//! Dates, numbers and the ranges between brackets of a question. Never decides where they may stand.

use super::lex::Lexer;
use super::print::UNITS;
use super::words::{shorten, trim};
use super::{DateSpan, NumberField, NumberSpan, ParseError};
use crate::PartialDate;

const DATE_FORMS: &str = "Schrijf een datum als 2019, 2019-06 of 2019-06-30, en een periode als \
                          [2019 TO 2021-06], met * voor een open begin of eind.";
const SIZE_FORMS: &str = "Schrijf een grootte als 500, 10kB, 5MB of 1GB, in hele getallen en zonder spatie, en een bereik \
                          als grootte:[1MB TO 10MB] of grootte:[5MB TO *].";
const PAGE_FORMS: &str = "Schrijf een aantal pagina's als paginas:12, en een bereik als paginas:[10 TO *] of paginas:[1 TO 5].";

/// What stands in a range: how to write it, what it is called.
struct Kind {
    forms: &'static str,
    /// As in "… wordt niet gesloten".
    this: &'static str,
    /// As in "Dit is geen …".
    range: &'static str,
    bounds: &'static str,
}

const DATES: Kind = Kind {
    forms: DATE_FORMS,
    this: "Deze periode",
    range: "periode",
    bounds: "datums",
};

/// A value or `*`, with its position.
type Written = (usize, String);

impl Lexer {
    /// The date or period at `from`, and the position behind it.
    pub(super) fn date(&self, from: usize) -> Result<(DateSpan, usize), ParseError> {
        let (first, last, end) = self.bounds(from, &DATES)?;
        let span = DateSpan {
            from: read_date(&first)?,
            to: read_date(&last)?,
        };
        match (span.from, span.to) {
            (None, None) => Err(ParseError::new(
                from,
                "Een periode heeft ten minste een begin of een eind. Laat datum: weg om in elke periode te zoeken.",
            )),
            (Some(earliest), Some(latest)) if earliest.days().first > latest.days().last => {
                Err(ParseError::new(
                    first.0,
                    "Het begin van de periode ligt na het eind. Zet de vroegste datum voorop.",
                ))
            }
            _ => Ok((span, end)),
        }
    }

    /// The number or range of `field` at `from`, and the position behind it.
    pub(super) fn number(
        &self,
        field: NumberField,
        from: usize,
    ) -> Result<(NumberSpan, usize), ParseError> {
        let kind = Kind {
            forms: number_forms(field),
            this: "Dit bereik",
            range: "bereik",
            bounds: "getallen",
        };
        let (first, last, end) = self.bounds(from, &kind)?;
        let span = NumberSpan {
            from: read_number(field, &first)?,
            to: read_number(field, &last)?,
        };
        self.refuse_loose_unit(field, &first, end)?;
        match (span.from, span.to) {
            (None, None) => Err(ParseError::new(
                from,
                format!(
                    "Een bereik heeft ten minste een begin of een eind. {}",
                    kind.forms
                ),
            )),
            (Some(smallest), Some(largest)) if smallest > largest => Err(ParseError::new(
                first.0,
                "Het begin van het bereik is groter dan het eind. Zet het kleinste getal voorop.",
            )),
            _ => Ok((span, end)),
        }
    }

    /// `grootte:5 MB` would mean five bytes and the word MB.
    fn refuse_loose_unit(
        &self,
        field: NumberField,
        (at, number): &Written,
        end: usize,
    ) -> Result<(), ParseError> {
        if field != NumberField::Grootte || !number.ends_with(|c: char| c.is_ascii_digit()) {
            return Ok(());
        }
        let next: String = self.chars[end..]
            .iter()
            .skip_while(|c| c.is_whitespace())
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let is_unit = |(name, _): &(&str, u64)| name.eq_ignore_ascii_case(&next);
        if next.eq_ignore_ascii_case("B") || UNITS.iter().any(is_unit) {
            return Err(ParseError::new(
                *at,
                format!("Zet {next} direct achter het getal. {SIZE_FORMS}"),
            ));
        }
        Ok(())
    }

    /// Both ends of what is written at `from` (the same for a single value), and the position behind it.
    fn bounds(&self, from: usize, kind: &Kind) -> Result<(Written, Written, usize), ParseError> {
        let Kind {
            forms,
            this,
            range,
            bounds,
        } = kind;
        if self.chars.get(from) != Some(&'[') {
            let end = self.piece_end(from);
            let value = (from, trim(&self.text(from, end)).to_owned());
            return Ok((value.clone(), value, end));
        }
        let wrong = |what: String| Err(ParseError::new(from, format!("{what} {forms}")));
        let Some(close) = self.find(from, |c| c == ']') else {
            return wrong(format!("{this} wordt niet gesloten met ]."));
        };
        let parts = self.parts(from + 1, close);
        let [first, (_, to), last] = parts.as_slice() else {
            return wrong(format!("Dit is geen {range}."));
        };
        if !["TO", "TOT", "T/M"].contains(&to.to_uppercase().as_str()) {
            return wrong(format!("Tussen de twee {bounds} hoort TO."));
        }
        Ok((first.clone(), last.clone(), close + 1))
    }

    /// What stands between spaces in `from..to`, each with its position.
    fn parts(&self, from: usize, to: usize) -> Vec<Written> {
        let mut parts = Vec::new();
        let mut start = from;
        for part in self.chars[from..to].split(|c| c.is_whitespace()) {
            if !part.is_empty() {
                parts.push((start, part.iter().collect()));
            }
            start += part.len() + 1;
        }
        parts
    }
}

fn number_forms(field: NumberField) -> &'static str {
    match field {
        NumberField::Grootte => SIZE_FORMS,
        NumberField::Paginas => PAGE_FORMS,
    }
}

/// A date, or `None` for `*`.
fn read_date((at, text): &Written) -> Result<Option<PartialDate>, ParseError> {
    if text == "*" {
        return Ok(None);
    }
    PartialDate::parse(text).map(Some).ok_or_else(|| {
        let what = if text.is_empty() {
            "Hier ontbreekt een datum.".to_owned()
        } else {
            format!("{} is geen datum die bestaat.", shorten(text))
        };
        ParseError::new(*at, format!("{what} {DATE_FORMS}"))
    })
}

/// A number, or `None` for `*`.
fn read_number(field: NumberField, (at, text): &Written) -> Result<Option<u64>, ParseError> {
    if text == "*" {
        return Ok(None);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let size = match field {
        NumberField::Paginas => unit.is_empty().then_some(1),
        NumberField::Grootte if unit.is_empty() || unit.eq_ignore_ascii_case("B") => Some(1),
        NumberField::Grootte => UNITS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit))
            .map(|(_, size)| *size),
    };
    let read = || number.parse::<u64>().ok()?.checked_mul(size?);
    read().map(Some).ok_or_else(|| {
        let what = if text.is_empty() {
            "Hier ontbreekt een getal.".to_owned()
        } else if size.is_some() && digits > 0 {
            format!("{} is te groot.", shorten(text))
        } else {
            format!("{} kan hier niet.", shorten(text))
        };
        ParseError::new(*at, format!("{what} {}", number_forms(field)))
    })
}
