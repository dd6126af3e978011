//! Sitemaps with DiWoo: what an organisation published, document by document, and where the file of each address lies below
//! a folder. Pure functions; never asks an address.

use super::facts::{Facts, date, key};
use super::mapping::{Koppeling, Row};
use super::tree::Node;
use crate::read::key as known;
use sha2::{Digest, Sha256};

/// The layout of a row of a sitemap.
pub const SITEMAP: &str = "DiWoo";
/// The layout of a row of a list of sitemaps.
pub const INDEX: &str = "lijst van sitemaps";
/// The key of when it was last changed, as the sitemap says.
pub const CHANGED: &str = "gewijzigd volgens sitemap";
/// Bytes of one name in a path.
const LONGEST: usize = 150;
/// Longer addresses are no addresses.
const ADDRESS: usize = 4096;
/// What happened to a document, that which dates it best first.
const DATING: [&str; 3] = ["vaststelling", "ondertekening", "ontvangst"];

/// What an element of a sitemap says; `None` when it names no address.
pub fn row(nr: u64, element: &Node, koppeling: &Koppeling) -> Option<Row> {
    let layout = match element.name.to_ascii_lowercase().as_str() {
        "url" => SITEMAP,
        "sitemap" => INDEX,
        _ => return None,
    };
    let address = element.text_at(&["loc"])?;
    let mut facts = Facts::new(layout);
    facts.add(key::ADDRESS, address);
    facts.maybe(CHANGED, element.text_at(&["lastmod"]));
    if let Some(said) = element.at(&["Document", "DiWoo"]) {
        document(said, &mut facts);
    } else if let Some(said) = element.at(&["Document", "MDTO"]) {
        let found = super::of_node(said).into_iter();
        let found = found.flat_map(|found| found.properties);
        facts
            .properties
            .extend(found.filter(|(name, _)| name != key::LAYOUT));
    }
    Some(Row {
        nr,
        pad: place(address, koppeling)?,
        velden: facts.properties,
        cellen: Vec::new(),
    })
}

fn document(said: &Node, facts: &mut Facts) {
    let titles = said.child("titelcollectie");
    let title = titles.and_then(|titles| titles.text_at(&["officieleTitel"]));
    facts.maybe(known::TITLE, title);
    let mut all = |way: &str, key: &str| {
        let mut found = Vec::new();
        said.below(way, &mut found);
        found.iter().for_each(|one| facts.add(key, &one.text));
    };
    all("verkorteTitel", "verkorte titel");
    all("alternatieveTitel", "alternatieve titel");
    all("identifier", key::IDENTITY);
    all("publisher", "uitgever");
    all("verantwoordelijke", "verantwoordelijke");
    all("naamOpsteller", known::AUTHOR);
    all("omschrijving", known::DESCRIPTION);
    all("informatiecategorie", "informatiecategorie");
    all("documentsoort", "documentsoort volgens uitgever");
    all("thema", "thema");
    all("trefwoord", known::KEYWORDS);
    all("aggregatiekenmerk", key::DOSSIER);
    all("isPartOf", "onderdeel van");
    let mut deeds = Vec::new();
    said.below("documenthandeling", &mut deeds);
    let event = |deed: &&Node| {
        let kind = deed.text_at(&["soortHandeling"])?.to_owned();
        Some((kind, deed.text_at(&["atTime"])?.to_owned()))
    };
    let events: Vec<_> = deeds.iter().filter_map(event).collect();
    facts.dated(&DATING, &events);
    if facts.first(key::DATE).is_none()
        && let Some(made) = said.text_at(&["creatiedatum"]).and_then(date)
    {
        facts.add(key::DATE, &made.to_string());
    }
}

/// Where the file of an address lies: a folder for its server, below that as the address has it; without what every
/// address begins with, when that is given. `None` of what is no address of the web.
pub fn place(address: &str, koppeling: &Koppeling) -> Option<String> {
    let whole = path_of(address)?;
    let prefix = path_of(&koppeling.voorvoegsel).unwrap_or_default();
    let prefix = prefix.trim_end_matches("/index.html");
    let cut = whole.strip_prefix(prefix).filter(|_| !prefix.is_empty());
    let cut = cut.and_then(|rest| rest.strip_prefix('/'));
    Some(cut.unwrap_or(&whole).to_owned())
}

fn path_of(address: &str) -> Option<String> {
    let address = address.trim();
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| cut_prefix(address, scheme))?;
    if address.len() > ADDRESS || rest.contains(char::is_control) {
        return None;
    }
    let rest = rest.split('#').next()?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_lowercase().replace(':', "_");
    if host.is_empty() || host.contains('@') || host.starts_with('.') {
        return None;
    }
    let mut parts = vec![name(&host)];
    parts.extend(path.split('/').filter(|part| !part.is_empty()).map(decoded));
    if path.is_empty() || path.ends_with('/') {
        parts.push("index.html".to_owned());
    }
    if let Some(last) = parts.last_mut().filter(|_| !query.is_empty()) {
        *last = told_apart(last, query);
    }
    Some(parts.join("/"))
}

/// The rest of a text after this beginning, whatever its capitals.
fn cut_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let start = text.get(..prefix.len())?;
    start
        .eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// A part of an address as a name: its codes as characters.
fn decoded(part: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(part.len()), part.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%');
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(byte));
        rest = code.map_or(after, |_| &after[2..]);
    }
    name(&String::from_utf8_lossy(&bytes))
}

/// A name that a file can have: it leads nowhere else, and is not too long.
fn name(text: &str) -> String {
    let unsafe_in_name = |c: char| c == '/' || c.is_control();
    let clean = text.replace(unsafe_in_name, "_");
    match clean.as_str() {
        "." | ".." => "_".repeat(clean.len()),
        _ if clean.len() > LONGEST => {
            let end = clean.floor_char_boundary(LONGEST - 40);
            told_apart_in(&clean[..end], &clean, ending(&clean))
        }
        _ => clean,
    }
}

/// A short ending with its dot.
fn ending(name: &str) -> &str {
    let dot = name
        .rfind('.')
        .filter(|at| *at > 0 && name.len() - at <= 12);
    dot.map_or("", |at| &name[at..])
}

/// The name of a file with a question behind its address: other questions give other files.
fn told_apart(name: &str, query: &str) -> String {
    let end = ending(name);
    told_apart_in(&name[..name.len() - end.len()], query, end)
}

fn told_apart_in(stem: &str, of: &str, end: &str) -> String {
    let digest = Sha256::digest(of);
    let told: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{stem}-{told}{end}")
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;
    use proptest::prelude::*;

    fn at(address: &str) -> Option<String> {
        place(address, &Koppeling::default())
    }

    #[test]
    fn an_address_becomes_a_path_that_leads_nowhere_else() {
        let of = |address| at(address).unwrap_or_default();
        assert_eq!(
            of("https://Open.Voorbeeld.nl/a%20b/besluit.pdf#blz=2"),
            "open.voorbeeld.nl/a b/besluit.pdf"
        );
        assert_eq!(of("https://x.nl"), "x.nl/index.html");
        assert_eq!(
            of("http://127.0.0.1:8080/a/"),
            "127.0.0.1_8080/a/index.html"
        );
        assert_eq!(of("https://x.nl/%2e%2e/../%2fetc"), "x.nl/__/__/_etc");
        let (one, two) = (
            of("https://x.nl/get.pdf?id=1"),
            of("https://x.nl/get.pdf?id=2"),
        );
        assert!(one != two && one.starts_with("x.nl/get-") && one.ends_with(".pdf"));
        assert_eq!(at("ftp://x.nl/a"), None);
        assert_eq!(at("https://naam@x.nl/a"), None);
        let koppeling = Koppeling {
            voorvoegsel: "https://x.nl/doc/".into(),
            ..Koppeling::default()
        };
        let cut = place("https://x.nl/doc/a.pdf", &koppeling);
        assert_eq!(cut.as_deref(), Some("a.pdf"));
        let other = place("https://x.nl/documenten/a.pdf", &koppeling);
        assert_eq!(other.as_deref(), Some("x.nl/documenten/a.pdf"));
    }

    #[test]
    fn what_a_sitemap_says_of_a_document_becomes_properties() {
        let xml = "<url xmlns:diwoo=\"https://standaarden.overheid.nl/diwoo/metadata/\"><loc>https://x.nl/b.pdf</loc>
            <lastmod>2024-03-01</lastmod><diwoo:Document><diwoo:DiWoo><diwoo:creatiedatum>2021-05-09</diwoo:creatiedatum>
            <diwoo:publisher resource=\"u\">ministerie van VWS</diwoo:publisher><diwoo:titelcollectie>
            <diwoo:officieleTitel>Besluit op Woo-verzoek</diwoo:officieleTitel></diwoo:titelcollectie>
            <diwoo:classificatiecollectie><diwoo:informatiecategorieen><diwoo:informatiecategorie resource=\"c\">Woo-verzoeken
            en -besluiten</diwoo:informatiecategorie></diwoo:informatiecategorieen></diwoo:classificatiecollectie>
            <diwoo:documenthandelingen><diwoo:documenthandeling><diwoo:soortHandeling>vaststelling</diwoo:soortHandeling>
            <diwoo:atTime>2021-05-10T20:00:00+00:00</diwoo:atTime></diwoo:documenthandeling></diwoo:documenthandelingen>
            </diwoo:DiWoo></diwoo:Document></url>";
        let node = tree::parse(xml).unwrap();
        let row = row(3, &node, &Koppeling::default()).unwrap();
        assert_eq!((row.nr, row.pad.as_str()), (3, "x.nl/b.pdf"));
        let first = |key: &str| super::super::first(&row.velden, key);
        assert_eq!(first(known::TITLE), Some("Besluit op Woo-verzoek"));
        assert_eq!(first(key::DATE), Some("2021-05-10"));
        assert_eq!(first("uitgever"), Some("ministerie van VWS"));
        assert_eq!(
            first("informatiecategorie"),
            Some("Woo-verzoeken en -besluiten")
        );
        assert_eq!(first(key::ADDRESS), Some("https://x.nl/b.pdf"));
        assert_eq!(first(CHANGED), Some("2024-03-01"));
    }

    proptest! {
        #[test]
        fn no_address_leads_outside(address in "https?://[a-zA-Z0-9./%?#@:_-]{0,60}|\\PC{0,40}") {
            if let Some(path) = at(&address) {
                for part in path.split('/') {
                    prop_assert!(!matches!(part, "" | "." | ".."), "{path}");
                    prop_assert!(part.len() <= 170 && !part.contains('\0'));
                }
            }
        }
    }
}
