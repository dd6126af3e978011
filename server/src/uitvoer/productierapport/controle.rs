//! What the receiver of a productierapport accepts, written down anew: header, rows, and where it would silently
//! read something else than was meant. Never changes a row.

use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;

use crate::uitvoer::gronden::{DUBBEL, GRONDEN, Oordeel};

/// What the receiver takes from a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Veld {
    Id,
    Matter,
    Publicatiecontext,
    Family,
    Thread,
    Document,
    Soort,
    Datum,
    Beoordeling,
    Opgeschort,
    Grond,
    Toelichting,
    Link,
    Gerelateerd,
    Zaaknummer,
}

/// The names of columns that the receiver understands, in small letters.
const NAMEN: [(&str, Veld); 48] = [
    ("id", Veld::Id),
    ("matter", Veld::Matter),
    ("matter / marjoleinnummer", Veld::Matter),
    ("publicatiecontext", Veld::Publicatiecontext),
    ("family", Veld::Family),
    ("familie", Veld::Family),
    ("family id", Veld::Family),
    ("email thread id", Veld::Thread),
    ("email thread", Veld::Thread),
    ("thread id", Veld::Thread),
    ("document", Veld::Document),
    ("document id", Veld::Document),
    ("document nr", Veld::Document),
    ("document nr.", Veld::Document),
    ("documentnr", Veld::Document),
    ("documentnr.", Veld::Document),
    ("nr.", Veld::Document),
    ("omschrijving", Veld::Document),
    ("name", Veld::Document),
    ("file type", Veld::Soort),
    ("filetype", Veld::Soort),
    ("datum", Veld::Datum),
    ("date", Veld::Datum),
    ("datum (utc)", Veld::Datum),
    ("beoordeling", Veld::Beoordeling),
    ("openbaarmaking", Veld::Beoordeling),
    ("opgeschort", Veld::Opgeschort),
    ("suspended", Veld::Opgeschort),
    ("tag015", Veld::Opgeschort),
    ("beoordelingsgrond", Veld::Grond),
    ("beoordelingsgrond (; gescheiden)", Veld::Grond),
    ("grond", Veld::Grond),
    ("tagmulti006", Veld::Grond),
    ("code entries", Veld::Grond),
    ("toelichting", Veld::Toelichting),
    ("opmerking", Veld::Toelichting),
    ("publieke link", Veld::Link),
    ("publiekelink", Veld::Link),
    ("publiekelinktag", Veld::Link),
    ("publicatielink", Veld::Link),
    ("publicatie link", Veld::Link),
    ("publiekelink ( | gescheiden)", Veld::Link),
    ("gerelateerd id", Veld::Gerelateerd),
    ("zaaknummer", Veld::Zaaknummer),
    ("zaaknr", Veld::Zaaknummer),
    ("zaak", Veld::Zaaknummer),
    ("casenr", Veld::Zaaknummer),
    ("case", Veld::Zaaknummer),
];

/// Columns that must be there.
const VERPLICHT: [(Veld, &str); 4] = [
    (Veld::Id, "ID"),
    (Veld::Document, "Document"),
    (Veld::Beoordeling, "Beoordeling"),
    (Veld::Grond, "Beoordelingsgrond"),
];

/// Something that the receiver would refuse, or read otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Afkeuring {
    /// As a spreadsheet numbers it: the header is row 1.
    pub rij: u64,
    /// In Dutch.
    pub melding: String,
}

impl fmt::Display for Afkeuring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rij {}: {}", self.rij, self.melding)
    }
}

/// Checks a whole list.
#[cfg(test)]
pub fn controleer<S: AsRef<str>, R: AsRef<[S]>>(
    kop: &[S],
    rijen: impl IntoIterator<Item = R>,
) -> Vec<Afkeuring> {
    let (mut controle, mut found) = Controle::new(kop);
    for rij in rijen {
        found.extend(controle.rij(rij.as_ref()));
    }
    found
}

/// Checks a list row by row. Remembers only the IDs.
pub struct Controle {
    velden: Vec<Option<Veld>>,
    rij: u64,
    ids: HashMap<String, u64>,
}

impl Controle {
    /// Begins with the header, and tells what is wrong with it.
    pub fn new<S: AsRef<str>>(kop: &[S]) -> (Self, Vec<Afkeuring>) {
        let velden: Vec<_> = kop.iter().map(|naam| veld(naam.as_ref())).collect();
        let count = |veld| velden.iter().filter(|found| **found == Some(veld)).count();
        let mut wrong = Vec::new();
        if kop
            .first()
            .is_some_and(|naam| naam.as_ref().starts_with('\u{feff}'))
        {
            wrong.push("het bestand begint met een BOM; daardoor herkent de ontvanger de eerste kolom niet".to_owned());
        }
        for (veld, naam) in VERPLICHT {
            if count(veld) == 0 {
                wrong.push(format!("de kolom {naam} ontbreekt"));
            }
        }
        match (count(Veld::Matter), count(Veld::Publicatiecontext)) {
            (0, 0) => wrong.push("de kolom Matter of Publicatiecontext ontbreekt".to_owned()),
            (0, _) | (_, 0) => {}
            _ => wrong.push(
                "de kolommen Matter en Publicatiecontext mogen niet samen voorkomen".to_owned(),
            ),
        }
        let mut seen = Vec::new();
        for (naam, veld) in kop.iter().zip(&velden) {
            if veld.is_some() && seen.contains(&veld) {
                wrong.push(format!(
                    "de kolom {} staat er al onder dezelfde of een andere naam",
                    naam.as_ref()
                ));
            }
            seen.push(veld);
        }
        let wrong = wrong
            .into_iter()
            .map(|melding| Afkeuring { rij: 1, melding });
        let wrong = wrong.collect();
        let controle = Self {
            velden,
            rij: 1,
            ids: HashMap::new(),
        };
        (controle, wrong)
    }

    /// Checks the next row.
    pub fn rij<S: AsRef<str>>(&mut self, cellen: &[S]) -> Vec<Afkeuring> {
        self.rij += 1;
        let mut wrong = Vec::new();
        if cellen.len() != self.velden.len() {
            wrong.push(format!(
                "{} cellen, maar de kop heeft er {}",
                cellen.len(),
                self.velden.len()
            ));
        }
        let cel = |gevraagd: Veld| {
            let at = self.velden.iter().position(|veld| *veld == Some(gevraagd));
            at.and_then(|at| cellen.get(at)).map_or("", AsRef::as_ref)
        };
        let id = cel(Veld::Id).to_lowercase();
        wrong.extend(id_of("het ID", cel(Veld::Id)));
        wrong.extend(groep(cel(Veld::Matter), cel(Veld::Publicatiecontext)));
        wrong.extend(document(cel(Veld::Document)));
        wrong.extend(beoordeling(cel(Veld::Beoordeling)));
        wrong.extend(gronden(cel(Veld::Grond)));
        wrong.extend(nummer("Family", cel(Veld::Family)));
        wrong.extend(nummer("Email Thread ID", cel(Veld::Thread)));
        wrong.extend(datum(cel(Veld::Datum)));
        wrong.extend(opgeschort(cel(Veld::Opgeschort)));
        wrong.extend(toelichting(cel(Veld::Toelichting)));
        wrong.extend(delen(cel(Veld::Link), &['|']).filter_map(link));
        let related = delen(cel(Veld::Gerelateerd), &[';']);
        wrong.extend(related.filter_map(|part| id_of("het Gerelateerd ID", part)));
        wrong.extend(delen(cel(Veld::Zaaknummer), &[',', ';']).filter_map(zaaknummer));
        if !id.is_empty() {
            let earlier = *self.ids.entry(id).or_insert(self.rij);
            if earlier != self.rij {
                wrong.push(format!(
                    "het ID staat ook in rij {earlier}; hoofdletters maken geen verschil"
                ));
            }
        }
        let rij = self.rij;
        wrong
            .into_iter()
            .map(|melding| Afkeuring { rij, melding })
            .collect()
    }
}

/// What the receiver takes a column for: capitals, spaces around it and digits before it do not matter.
fn veld(naam: &str) -> Option<Veld> {
    let naam = naam.trim().to_lowercase();
    let naam = naam.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    NAMEN
        .iter()
        .find(|(known, _)| *known == naam)
        .map(|(_, veld)| *veld)
}

/// The parts of a cell that holds several values.
fn delen<'a>(cel: &'a str, tekens: &'a [char]) -> impl Iterator<Item = &'a str> {
    cel.split(tekens)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The receiver takes a lone 0 for nothing.
fn counts_as_empty(cel: &str) -> bool {
    matches!(cel, "" | "0")
}

fn id_of(wat: &str, id: &str) -> Option<String> {
    if counts_as_empty(id) {
        Some(format!(
            "{wat} is leeg, of 0: dat leest de ontvanger als leeg"
        ))
    } else if !id
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
    {
        Some(format!(
            "{wat} mag alleen letters, cijfers, punten en streepjes hebben"
        ))
    } else if id.len() > 170 {
        Some(format!("{wat} is langer dan 170 tekens"))
    } else {
        None
    }
}

fn groep(matter: &str, context: &str) -> Option<String> {
    let (wat, value) = match (matter, context) {
        (matter, context) if counts_as_empty(matter) && counts_as_empty(context) => {
            return Some("Matter of Publicatiecontext is leeg".to_owned());
        }
        ("", context) => ("Publicatiecontext", context),
        (matter, _) => ("Matter", matter),
    };
    if !value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
    {
        Some(format!(
            "{wat} mag alleen letters, cijfers en - . _ ~ hebben"
        ))
    } else if value.len() > 255 {
        Some(format!("{wat} is langer dan 255 tekens"))
    } else {
        None
    }
}

fn document(naam: &str) -> Option<String> {
    if naam.trim().is_empty() {
        Some("de bestandsnaam (Document) is leeg".to_owned())
    } else if naam.len() > 500 {
        Some("de bestandsnaam (Document) is langer dan 500 bytes".to_owned())
    } else {
        None
    }
}

fn beoordeling(cel: &str) -> Option<String> {
    Oordeel::lees(cel).is_none().then(|| {
        format!("de beoordeling '{cel}' kent de ontvanger niet; hij maakt er niet openbaar van")
    })
}

fn gronden(cel: &str) -> Vec<String> {
    let unknown = delen(cel, &[';']).filter(|part| !grond_bekend(part));
    unknown
        .map(|part| format!("de grond '{part}' kent de ontvanger niet"))
        .collect()
}

/// The receiver reads `5.1.2e` and `5.1.2.e`, in capitals and with spaces, and none of the longer ways.
fn grond_bekend(part: &str) -> bool {
    let said = part.replace(' ', "").to_lowercase();
    let plain = match said.rsplit_once('.') {
        Some((front, letter)) if letter.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            format!("{front}{letter}")
        }
        _ => said,
    };
    plain == DUBBEL
        || GRONDEN
            .iter()
            .any(|grond| grond.bij_ontvanger && grond.code == plain)
}

fn nummer(wat: &str, cel: &str) -> Option<String> {
    let good = cel.is_empty()
        || cel.bytes().all(|byte| byte.is_ascii_digit())
            && cel.parse::<i64>().is_ok_and(|number| number >= 1);
    (!good).then(|| format!("{wat} '{cel}' is geen geheel getal vanaf 1"))
}

fn datum(cel: &str) -> Option<String> {
    (!cel.is_empty() && lees_datum(cel).is_none()).then(|| {
        format!("de datum '{cel}' leest de ontvanger niet of verkeerd; schrijf jaar-maand-dag, zoals 2024-12-31")
    })
}

/// The day that the receiver reads, by the first of its forms that fits. It takes a month 14 for February of the
/// next year; that is no day here.
pub(super) fn lees_datum(cel: &str) -> Option<Date> {
    const VORMEN: [&str; 4] = ["ymd-", "dmy-", "ymd/", "dmy/"];
    let (first, time) = cel.split_once(' ').unwrap_or((cel, ""));
    if time.is_empty() {
        return VORMEN.iter().find_map(|vorm| dag(first, vorm));
    }
    let parts: Vec<&str> = time.split(' ').collect();
    match parts[..] {
        [clock] if klok(clock, 0..=23) => dag(first, "dmy/"),
        [clock, half, zone] => {
            let half = half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm");
            let known = !zone.is_empty()
                && zone
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-:/_".contains(c));
            (half && known && klok(clock, 1..=12)).then(|| dag(first, "mdy/"))?
        }
        _ => None,
    }
}

/// A day of which the parts stand in the order of `vorm`, with its last character in between.
fn dag(cel: &str, vorm: &str) -> Option<Date> {
    let (order, between) = vorm.split_at(3);
    let parts: Vec<&str> = cel.split(between).collect();
    if parts.len() != 3 {
        return None;
    }
    let part = |which| -> Option<i16> {
        let digits = *parts.get(order.find(which)?)?;
        let most = if which == 'y' { 4 } else { 2 };
        let right =
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        right.then(|| digits.parse().ok())?
    };
    let (month, day) = (part('m')?, part('d')?);
    Date::new(
        part('y')?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

fn klok(clock: &str, hours: std::ops::RangeInclusive<u8>) -> bool {
    let number = |part: &str| -> Option<u8> {
        let digits =
            (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok())?
    };
    clock.split_once(':').is_some_and(|(hour, minute)| {
        number(hour).is_some_and(|hour| hours.contains(&hour))
            && minute.len() == 2
            && number(minute).is_some_and(|minute| minute < 60)
    })
}

fn opgeschort(cel: &str) -> Option<String> {
    const WOORDEN: [&str; 12] = [
        "", "true", "ja", "yes", "1", "y", "j", "false", "nee", "no", "0", "n",
    ];
    (!WOORDEN.contains(&cel.to_lowercase().as_str()))
        .then(|| format!("Opgeschort '{cel}' leest de ontvanger als nee; schrijf ja of nee"))
}

fn toelichting(cel: &str) -> Option<String> {
    if cel.chars().count() > 1000 {
        Some("de toelichting is langer dan 1000 tekens".to_owned())
    } else if cel.starts_with("http") {
        link(cel).map(|_| {
            "de toelichting begint met http; de ontvanger neemt haar dan voor een link, maar zij is er geen"
                .to_owned()
        })
    } else {
        None
    }
}

fn link(link: &str) -> Option<String> {
    if link.len() > 2048 {
        Some("een publieke link is langer dan 2048 tekens".to_owned())
    } else if !is_webadres(link) {
        Some(format!("de publieke link '{link}' is geen geldig webadres"))
    } else {
        None
    }
}

/// Whether something is the address of a page: with a host, and without characters that an address cannot have.
pub fn is_webadres(link: &str) -> bool {
    let lower = link.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let Some(rest) = rest else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && !link
            .contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c))
}

fn zaaknummer(nummer: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.;() ".contains(c);
    if counts_as_empty(nummer) {
        Some("het zaaknummer 0 laat de ontvanger weg".to_owned())
    } else if !nummer.chars().all(known) {
        Some(format!(
            "het zaaknummer '{nummer}' mag alleen kleine letters, cijfers, spaties en - . ( ) hebben"
        ))
    } else if nummer.len() > 255 {
        Some("een zaaknummer is langer dan 255 tekens".to_owned())
    } else {
        None
    }
}
