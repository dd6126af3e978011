//! The productierapport: the list that goes with the documents to a platform for publication. Owns its columns, its
//! rows and what the receiver makes of them. Never writes a row that the receiver would read otherwise.

pub mod controle;
pub mod soort;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gronden::{DUBBEL, Grond, Oordeel};
use super::tabel::Kolom;
use soort::Bestandssoort;

/// Waarop de ontvanger documenten groepeert. Een lijst heeft een van de twee, nooit beide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ProductierapportGroep)]
pub enum Groep {
    /// De naam die elke versie van de ontvanger kent.
    #[default]
    Matter,
    /// De nieuwere naam.
    Publicatiecontext,
}

/// The columns, in the order of the receiver's template.
pub fn kolommen(groep: Groep) -> [Kolom<'static>; 14] {
    [
        Kolom::id("ID"),
        Kolom::id(match groep {
            Groep::Matter => "Matter",
            Groep::Publicatiecontext => "Publicatiecontext",
        }),
        Kolom::id("Family"),
        Kolom::id("Email Thread ID"),
        Kolom::new("Document"),
        Kolom::new("File Type"),
        Kolom::new("Datum"),
        Kolom::new("Beoordeling"),
        Kolom::new("Opgeschort"),
        Kolom::new("Beoordelingsgrond"),
        Kolom::new("Toelichting"),
        Kolom::new("Publieke Link"),
        Kolom::id("Gerelateerd ID"),
        Kolom::id("Zaaknummer"),
    ]
}

/// A file name without folders, for lists that leave the house.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bestandsnaam(String);

impl Bestandsnaam {
    /// The last part of a path, as a path of Windows, Linux or an archive has it.
    pub fn van_pad(pad: &str) -> Self {
        let last = pad.rsplit(['/', '\\']).find(|part| !part.trim().is_empty());
        Self::van_titel(last.unwrap_or_default())
    }

    /// A title that stands in for a name, such as the subject of a mail. What parts folders becomes `_`.
    pub fn van_titel(titel: &str) -> Self {
        let shown = titel.trim().chars().map(|c| match c {
            '/' | '\\' => '_',
            c if c.is_control() => ' ',
            c => c,
        });
        Self(shown.collect())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rij {
    /// Its number: letters, digits, `.` and `-`.
    pub id: String,
    /// Matter or Publicatiecontext.
    pub groep: String,
    /// Its family, from 1.
    pub family: Option<u64>,
    /// Its conversation, from 1.
    pub thread: Option<u64>,
    /// Its file.
    pub document: Bestandsnaam,
    /// What kind of file.
    pub soort: Option<Bestandssoort>,
    /// Sent, for mail; last changed, for the rest.
    pub datum: Option<Date>,
    /// What was decided.
    pub oordeel: Oordeel,
    /// Whether publication waits.
    pub opgeschort: bool,
    /// Why not all of it is public.
    pub gronden: Vec<&'static Grond>,
    /// Whether its content was judged in another document.
    pub dubbel: bool,
    /// In words, at most 1,000 characters.
    pub toelichting: String,
    /// Where it is public.
    pub publieke_links: Vec<String>,
    /// Numbers of other documents.
    pub gerelateerd: Vec<String>,
    /// Cases it belongs to.
    pub zaaknummers: Vec<String>,
}

impl Rij {
    /// Its cells, all text: the receiver turns a sheet into CSV first, and a date would become what the sheet shows.
    pub fn cellen(&self) -> [String; 14] {
        let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
        [
            self.id.clone(),
            self.groep.clone(),
            number(self.family),
            number(self.thread),
            self.document.as_str().to_owned(),
            self.soort
                .map(|soort| soort.naam().to_owned())
                .unwrap_or_default(),
            self.datum.map(|date| date.to_string()).unwrap_or_default(),
            self.oordeel.naam().to_owned(),
            if self.opgeschort { "ja" } else { "" }.to_owned(),
            grondcel(&self.gronden, self.dubbel),
            self.toelichting.clone(),
            self.publieke_links.join(" | "),
            self.gerelateerd.join("; "),
            self.zaaknummers.join("; "),
        ]
    }
}

/// Codes in one cell, as every list here has them.
pub fn grondcel(gronden: &[&Grond], dubbel: bool) -> String {
    let codes = gronden.iter().map(|grond| grond.code);
    let codes: Vec<_> = codes.chain(dubbel.then_some(DUBBEL)).collect();
    codes.join("; ")
}
