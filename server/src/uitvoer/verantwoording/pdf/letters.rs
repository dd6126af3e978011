//! Which characters the letters of a PDF can show, how wide they are, and where a word may break that is wider than the
//! room for it, so that no text runs off the page. A character that no letter shows becomes its number, and is counted:
//! nothing is left out in silence.

use super::wereld::LETTERTYPEN;
use hypher::Lang;
use std::collections::HashMap;
use typst::layout::Abs;
use typst::text::{FontInstance, FontVariations, is_default_ignorable};
use unicode_normalization::char::is_combining_mark;

/// A line may end here. The template puts a break there; the character itself never comes into the file.
const MAY_BREAK: char = '\u{200b}';
/// Before and behind a word that may be hyphenated; it never comes into the file either.
const HYPHENATED: char = '\u{ad}';
/// How much wider text may come out than its letters side by side say.
const MARGIN: f64 = 1.04;

/// The letters, and how often they fell short.
pub struct Letters {
    fonts: Vec<FontInstance>,
    /// Of characters asked for before: how wide, or that nothing shows them.
    known: HashMap<char, Option<f64>>,
    unknown: usize,
}

impl Letters {
    /// Nothing asked yet.
    pub fn new() -> Self {
        let instance = |font: &typst::text::Font| {
            let variant = font.info().variant;
            font.clone()
                .instantiate(variant, Abs::pt(1.0), &FontVariations::default())
        };
        Letters {
            fonts: LETTERTYPEN.fonts().iter().map(instance).collect(),
            known: HashMap::new(),
            unknown: 0,
        }
    }

    /// What is to be told of characters that could not be shown.
    pub fn unknown(&self) -> Option<String> {
        let are = match self.unknown {
            0 => return None,
            1 => "staat 1 teken".to_owned(),
            many => format!("staan {many} tekens"),
        };
        Some(format!(
            "Let op: in deze zoekverantwoording {are} waar het lettertype van deze PDF geen letter voor heeft. Op die \
             plaats staat het nummer van het teken in Unicode, als [teken U+4E00]. In de HTML-versie en de ODT-versie \
             staat het teken zelf."
        ))
    }

    /// Text as it can be shown, in so much room, counted in the size of a letter. Where a word is wider than that, it
    /// may break.
    pub fn fit(&mut self, text: &str, room: f64) -> String {
        let (shown, unknown) = self.shown(text);
        self.unknown += unknown;
        let mut fitted = String::with_capacity(shown.len());
        for word in shown.split_inclusive([' ', '\n']) {
            match self.width(word.trim_end()) > room {
                true => self.break_up(word, room, &mut fitted),
                false => fitted.push_str(word),
            }
        }
        fitted
    }

    /// Text as it can be shown, on one endless line.
    pub fn plain(&mut self, text: &str) -> String {
        self.shown(text).0.replace('\n', " ")
    }

    /// How wide the widest line is, and the widest word.
    pub fn widths(&mut self, text: &str) -> (f64, f64) {
        let (shown, _) = self.shown(text);
        let (mut line, mut word) = (0_f64, 0_f64);
        for one in shown.lines() {
            line = line.max(self.width(one));
            for part in one.split(' ') {
                word = word.max(self.width(part));
            }
        }
        (line, word)
    }

    /// The same text with a number for each character that no letter shows, and how many those are.
    fn shown(&mut self, text: &str) -> (String, usize) {
        let mut shown = String::with_capacity(text.len());
        let mut numbers: Vec<String> = Vec::new();
        let mut unknown = 0;
        for c in text.chars() {
            if self.advance(c).is_none() {
                numbers.push(format!("U+{:04X}", u32::from(c)));
                unknown += 1;
                continue;
            }
            // Between two of those, what only joins or varies them.
            if !numbers.is_empty() && is_default_ignorable(c) {
                continue;
            }
            put_numbers(&mut numbers, &mut shown);
            match c {
                '\t' => shown.push(' '),
                MAY_BREAK | '\u{200c}' | '\u{200d}' => shown.push(c),
                // They show nothing. In the file they would stand in the middle of a word for who copies or listens,
                // one is forbidden by PDF/UA, and one is a sign for the template.
                c if is_default_ignorable(c) => {}
                c => shown.push(c),
            }
        }
        put_numbers(&mut numbers, &mut shown);
        (shown, unknown)
    }

    /// Side by side, in the size of a letter.
    fn width(&mut self, text: &str) -> f64 {
        let letters = text.chars().filter_map(|c| self.advance(c));
        letters.sum::<f64>() * MARGIN
    }

    /// How wide a character is; `None` when nothing shows it.
    fn advance(&mut self, c: char) -> Option<f64> {
        if matches!(c, '\n' | '\t') || is_default_ignorable(c) {
            return Some(0.0);
        }
        if c.is_control() {
            return None;
        }
        let fonts = &self.fonts;
        *self.known.entry(c).or_insert_with(|| {
            let glyphs = fonts.iter().filter_map(|font| {
                let glyph = font.ttf().glyph_index(c)?;
                Some(font.x_advance(glyph.0)?.get())
            });
            // The widest: the same text may come in bold.
            glyphs.reduce(f64::max)
        })
    }

    /// A word that is too wide: it breaks after what is neither letter nor figure, as Dutch words do, or anywhere.
    fn break_up(&mut self, word: &str, room: f64, broken: &mut String) {
        let end = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
        for (at, part) in word.split_inclusive(end).enumerate() {
            if at > 0 {
                broken.push(MAY_BREAK);
            }
            if self.width(part.trim_end()) <= room {
                broken.push_str(part);
                continue;
            }
            let syllables: Vec<&str> = match part.chars().all(char::is_alphabetic) {
                true => hypher::hyphenate(part, Lang::Dutch).collect(),
                false => Vec::new(),
            };
            let hyphen = self.width("-");
            let fits = |one: &&str| self.width(one) + hyphen <= room;
            match syllables.len() > 1 && syllables.iter().all(fits) {
                true => broken.extend([
                    HYPHENATED.to_string(),
                    part.to_owned(),
                    HYPHENATED.to_string(),
                ]),
                false => self.cut(part, room, broken),
            }
        }
    }

    /// Pieces that each fit, with a break between them; none before what belongs to the character before it.
    fn cut(&mut self, part: &str, room: f64, pieces: &mut String) {
        let mut width = 0.0;
        for c in part.chars() {
            let more = self.advance(c).unwrap_or_default() * MARGIN;
            if width > 0.0 && width + more > room && more > 0.0 && !is_combining_mark(c) {
                pieces.push(MAY_BREAK);
                width = 0.0;
            }
            width += more;
            pieces.push(c);
        }
    }
}

fn put_numbers(numbers: &mut Vec<String>, shown: &mut String) {
    let what = match numbers.len() {
        0 => return,
        1 => "teken",
        _ => "tekens",
    };
    shown.push_str(&format!("[{what} {}]", numbers.join(" ")));
    numbers.clear();
}
