//! An account as a web page: in a file of its own with its own looks, or as a part of a page. Never holds script.

use super::tekst::{Blok, Stuk};
use askama::Template;

#[derive(Template)]
#[template(path = "delen/verantwoording.html")]
struct Inhoud<'a> {
    blokken: &'a [Blok],
}

#[derive(Template)]
#[template(path = "verantwoording-bestand.html")]
struct Bestand<'a> {
    titel: &'a str,
    koppen: Vec<(&'a str, &'a str)>,
    inhoud: String,
}

/// The part of a page below its title.
pub fn inhoud(stuk: &Stuk) -> askama::Result<String> {
    Inhoud {
        blokken: &stuk.blokken,
    }
    .render()
}

/// The headings of the second level: anchor and text.
pub fn koppen(stuk: &Stuk) -> Vec<(&str, &str)> {
    let second = |blok| match blok {
        &Blok::Kop(2, ref text, ref anchor) => Some((anchor.as_str(), text.as_str())),
        _ => None,
    };
    stuk.blokken.iter().filter_map(second).collect()
}

/// A file that a browser opens by itself.
pub fn bestand(stuk: &Stuk) -> askama::Result<String> {
    Bestand {
        titel: &stuk.titel,
        koppen: koppen(stuk),
        inhoud: inhoud(stuk)?,
    }
    .render()
}
