//! Words and figures as people read them: Dutch dates, numbers with dots, names of fields and values. Never
//! looks anything up.

use crate::model::OcrBody;
use crate::zaken::steekproef::schatting::Uitkomst;
use crate::zaken::woordenlijst::gebruik::VanLijst;
use jiff::Timestamp;
use zv_indexer::account::ExportAccount;
use zv_indexer::progress::{Phase, Progress};
use zv_shared::index::{Collapse, DateField, FacetField, Sort};
use zv_shared::lists::Origin;
use zv_shared::plan::{Kind, Mode};
use zv_shared::{DateOrigin, PartialDate, Public, Published, Readability, date::amsterdam};
use zv_shared::{Document, TextField};

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// `1234567` as `1.234.567`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 document`, `12 documenten`.
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// The share that a sample estimates: `2,5 % (95 % zeker tussen 0,3 % en 8,7 %)`.
pub fn share(found: &Uitkomst) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0).replace('.', ",");
    format!(
        "{} (95 % zeker tussen {} en {})",
        percent(found.aandeel),
        percent(found.aandeel_van),
        percent(found.aandeel_tot)
    )
}

/// How many documents that share is: `ongeveer 25 documenten (95 % zeker tussen 3 en 87)`.
pub fn estimated(found: &Uitkomst) -> String {
    format!(
        "ongeveer {} (95 % zeker tussen {} en {})",
        count(found.documenten, "document", "documenten"),
        number(found.documenten_van),
        number(found.documenten_tot)
    )
}

/// A size in bytes with a fitting unit.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1000 {
        return count(value, "byte", "bytes");
    }
    let (mut rest, mut unit) = (value, "");
    for name in UNITS {
        unit = name;
        if rest < 1_000_000 {
            break;
        }
        rest /= 1000;
    }
    let (whole, tenth) = (rest / 1000, rest % 1000 / 100);
    if whole >= 100 || tenth == 0 {
        format!("{whole} {unit}")
    } else {
        format!("{whole},{tenth} {unit}")
    }
}

/// `2021-06-30` as `30 juni 2021`; a date of which less is known says less.
pub fn date(date: PartialDate) -> String {
    let text = date.to_string();
    let mut parts = text.split('-');
    let year = parts.next().unwrap_or_default();
    let month = parts.next().and_then(month_name);
    let day = parts.next().map(|day| day.trim_start_matches('0'));
    match (day, month) {
        (Some(day), Some(month)) => format!("{day} {month} {year}"),
        (None, Some(month)) => format!("{month} {year}"),
        _ => year.to_owned(),
    }
}

/// A day such as `2024-03-15`, in words.
pub fn day(day: &str) -> String {
    PartialDate::parse(day).map_or_else(|| day.to_owned(), date)
}

/// The moment of a message, as conversations have it: `2024-03-15 14:03:22`.
pub fn message_moment(moment: &str) -> String {
    match moment.split_once(' ') {
        Some((on, at)) => format!("{} om {}", day(on), at.get(..5).unwrap_or(at)),
        None if moment.is_empty() => "zonder datum".to_owned(),
        None => day(moment),
    }
}

fn month_name(number: &str) -> Option<&'static str> {
    MONTHS
        .get(number.parse::<usize>().ok()?.checked_sub(1)?)
        .copied()
}

/// A name as a part of an address.
pub fn in_address(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A moment on the clock of Amsterdam.
pub fn moment(instant: Timestamp) -> String {
    let local = instant.to_zoned(amsterdam());
    format!(
        "{} om {:02}:{:02}",
        date(PartialDate::from(local.date())),
        local.hour(),
        local.minute()
    )
}

/// That a document is gone from its source, as a sentence.
pub fn gone(document: &Document) -> Option<String> {
    let since = moment(document.gone?);
    Some(
        match (document.earlier_of, document.place.inner.is_empty()) {
            (Some(_), _) => format!(
                "Dit is de eerdere inhoud: het bestand in de bron is gewijzigd (gezien op {since})."
            ),
            (None, true) => format!("Het bestand staat sinds {since} niet meer in de bron."),
            (None, false) => {
                format!("Dit onderdeel staat sinds {since} niet meer in de bron.")
            }
        },
    )
}

/// That a document is public already.
pub fn published(published: &Published) -> &'static str {
    match published.how {
        Public::Gelijk => "al openbaar",
        Public::Bijna => "bijna gelijk aan wat al openbaar is",
    }
}

/// What a run that is busy does now. `zv.js` says the same.
pub fn progress(progress: &Progress) -> String {
    match progress.fase {
        Phase::Tekstherkenning => format!(
            "Tekstherkenning: {} van {}; de rest is al doorzoekbaar.",
            number(progress.ocr_gedaan),
            count(progress.ocr_documenten, "bestand", "bestanden")
        ),
        Phase::Ophalen => format!(
            "Ophalen wat openbaar is: {} bekeken.",
            count(progress.opgehaald, "document", "documenten")
        ),
        Phase::Verbanden => {
            "Verbanden zoeken tussen documenten; alles is al doorzoekbaar.".to_owned()
        }
        _ => format!(
            "Het inlezen is bezig: {} bekeken{}.",
            count(progress.gezien, "bestand", "bestanden"),
            outlook(progress)
        ),
    }
}

/// How much of what is read is done, and how long the rest takes.
fn outlook(progress: &Progress) -> String {
    let read = |wanted: u64| {
        format!(
            ", {} van {} gelezen",
            number(progress.gelezen),
            number(wanted)
        )
    };
    let left = |seconds: u64| format!(", nog ongeveer {}", about(seconds));
    let read = progress.te_lezen.map(read).unwrap_or_default();
    read + &progress.nog_seconden.map(left).unwrap_or_default()
}

/// A time that is not known to the second.
fn about(seconds: u64) -> String {
    match seconds {
        ..90 => "een minuut".to_owned(),
        90..5_400 => format!("{} minuten", (seconds + 30) / 60),
        _ => format!("{} uur", (seconds + 1_800) / 3_600),
    }
}

/// What OCR made of a document.
pub fn ocr(ocr: &OcrBody) -> String {
    match ocr.zekerheid {
        Some(sure) => format!("Tekst uit OCR, zekerheid {sure} %"),
        None => "Tekst uit OCR".to_owned(),
    }
}

/// A duration in seconds.
pub fn seconds(value: f64) -> String {
    if value < 60.0 {
        return format!("{value:.1} seconden").replace('.', ",");
    }
    let whole = value.round() as u64;
    if whole < 3600 {
        format!("{} min {} s", whole / 60, whole % 60)
    } else {
        format!("{} uur {} min", whole / 3600, whole % 3600 / 60)
    }
}

/// Where a date came from.
pub fn origin(origin: DateOrigin) -> &'static str {
    match origin {
        DateOrigin::Verzonden => "verzenddatum",
        DateOrigin::Metadata => "uit de eigenschappen",
        DateOrigin::Inhoud => "uit de inhoud",
        DateOrigin::Bestand => "bestandsdatum",
    }
}

/// The title of a facet.
pub fn field(field: FacetField) -> &'static str {
    match field {
        FacetField::Bron => "Bron",
        FacetField::Map => "Map",
        FacetField::Soort => "Documentsoort",
        FacetField::Formaat => "Bestandsformaat",
        FacetField::Jaar => "Jaar",
        FacetField::Maand => "Maand",
        FacetField::Afzender => "Afzender",
        FacetField::Ontvanger => "Ontvanger",
        FacetField::Betrokkene => "Betrokkene",
        FacetField::Custodian => "Postvak of persoonlijke map van",
        FacetField::Taal => "Taal",
        FacetField::Leesbaarheid => "Leesbaarheid",
        FacetField::Dubbel => "Dubbel",
        FacetField::Openbaar => "Al openbaar",
        FacetField::Dossier => "Dossier",
        FacetField::Beperking => "Beperking van het gebruik",
        FacetField::Waardering => "Waardering",
    }
}

/// What is shown once.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Exact => "Precies deze woorden",
        Mode::Normaal => "Ook woordvormen, samenstellingen en synoniemen",
        Mode::Breed => "Zo breed mogelijk",
    }
}

/// Why a word that was met stands for a word of the question.
pub fn evidence(kind: Kind) -> &'static str {
    match kind {
        Kind::Exact => "precies zo geschreven als",
        Kind::Vorm => "in de woordvorm",
        Kind::Deel => "als deel van de samenstelling",
        Kind::Schrijfwijze => "anders geschreven als",
        Kind::Synoniem => "als synoniem of afkorting",
        Kind::Jokerteken => "met het jokerteken als",
        Kind::Spelling => "met een andere spelling als",
        Kind::Breed => "als deel van het woord",
    }
}

/// A field of the question language, in words.
pub fn text_field(field: TextField) -> &'static str {
    match field {
        TextField::Titel => "de titel",
        TextField::Van => "de afzender",
        TextField::Aan => "de ontvangers",
        TextField::Pad => "het pad",
    }
}

/// A kind of expansion, as a heading.
pub fn expansions(kind: Kind) -> &'static str {
    match kind {
        Kind::Exact => "Het woord zelf",
        Kind::Vorm => "Woordvormen",
        Kind::Deel => "Samenstellingen met dit woord",
        Kind::Schrijfwijze => "Andere schrijfwijzen",
        Kind::Synoniem => "Synoniemen en afkortingen",
        Kind::Jokerteken => "Woorden bij het jokerteken",
        Kind::Spelling => "Woorden die een letter schelen",
        Kind::Breed => "Woorden waar het in staat",
    }
}

/// A list with synonyms: its name, whose it is, and its version.
pub fn list(list: &VanLijst) -> String {
    let of = match list.herkomst {
        Origin::Ingebouwd => "meegeleverd",
        Origin::Installatie => "van de installatie",
        Origin::Zaak => "van de zaak",
    };
    format!("{} ({of}), versie {}", list.naam, list.versie)
}

/// What the rows of a list of a case were read from.
pub fn list_source(bron: &str, opgegeven: Option<&str>) -> String {
    let from = match bron.split_once(' ') {
        Some(("zoekplan", versie)) => format!("zoekplan, versie {versie}"),
        _ => match bron {
            "rdf" => "SKOS (RDF/XML)".to_owned(),
            "ttl" => "SKOS (Turtle)".to_owned(),
            other => other.to_uppercase(),
        },
    };
    match opgegeven {
        Some(stated) => format!("{from}, dat zichzelf versie {stated} noemt"),
        None => from,
    }
}

/// How what belongs together is shown.
pub fn collapse(collapse: Collapse) -> &'static str {
    match collapse {
        Collapse::Geen => "Alles tonen",
        Collapse::Dubbel => "Dubbele documenten een keer",
        Collapse::Bijna => "Ook bijna dubbele een keer",
        Collapse::Draad => "Een mail per gesprek",
    }
}

/// A value of a facet.
pub fn value(field: FacetField, value: &str) -> String {
    match field {
        FacetField::Taal => language(value),
        FacetField::Formaat => format_name(value),
        FacetField::Maand => PartialDate::parse(value).map_or_else(|| value.to_owned(), date),
        FacetField::Leesbaarheid => readability_name(value).to_owned(),
        FacetField::Waardering => waardering(value).to_owned(),
        FacetField::Openbaar if value == Public::NOT => "nee, niet bekend".to_owned(),
        FacetField::Openbaar => format!("ja, {value}"),
        _ => value.to_owned(),
    }
}

/// A file format: short names are abbreviations.
pub fn format_name(name: &str) -> String {
    let known = [
        "WhatsApp",
        "Signal",
        "Telegram",
        "Slack",
        "Teams",
        "Facebook",
        "Instagram",
        "LinkedIn",
    ];
    if let Some(known) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        (*known).to_owned()
    } else if name.len() <= 4 {
        name.to_uppercase()
    } else {
        name.to_owned()
    }
}

/// The language with this ISO 639-1 code.
pub fn language(code: &str) -> String {
    match code {
        "nl" => "Nederlands",
        "en" => "Engels",
        "de" => "Duits",
        "fr" => "Frans",
        other => other,
    }
    .to_owned()
}

/// The account of an export, line by line.
pub fn export(account: &ExportAccount) -> [(&'static str, u64); 11] {
    [
        ("Beschrijvingen", account.beschrijvingen),
        ("Beschrijving zonder bestand", account.zonder_bestand),
        ("Bestand zonder beschrijving", account.zonder_beschrijving),
        ("Andere checksum of omvang", account.afwijkend),
        ("Kenmerk dat twee keer voorkomt", account.dubbel),
        ("Beschrijving in onbekende vorm", account.onbekend),
        ("Verschil met de pakbon", account.pakbon),
        (
            "Nu bekeken: te geheim, niet ingelezen",
            account.boven_plafond,
        ),
        (
            "Nu bekeken: gesloten, door niemand te vinden",
            account.gesloten,
        ),
        ("Nu bekeken: met een waarschuwing", account.met_waarschuwing),
        (
            "Nu bekeken: bewaartermijn voorbij",
            account.termijn_verstreken,
        ),
    ]
}

/// What an archive does with a document, in words.
pub fn waardering(code: &str) -> &str {
    match code {
        "B" => "blijvend bewaren",
        "V" => "tijdelijk bewaren",
        "N" => "nog te bepalen",
        other => other,
    }
}

fn readability_name(name: &str) -> &str {
    match name {
        "leesbaar" => "helemaal gelezen",
        "gedeeltelijk" => "gedeeltelijk gelezen",
        "onleesbaar" => "niet leesbaar",
        other => other,
    }
}

/// How much of a document could be read.
pub fn readability(readability: Readability) -> &'static str {
    readability_name(readability.name())
}

/// An order.
pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevantie => "Beste resultaat eerst",
        Sort::DatumNieuwst => "Nieuwste eerst",
        Sort::DatumOudst => "Oudste eerst",
        Sort::Pad => "Bron en pad",
    }
}

/// A date field.
pub fn date_field(field: DateField) -> &'static str {
    match field {
        DateField::Datum => "Datum (verzonden, anders document, anders bestand)",
        DateField::Verzonden => "Datum van verzenden",
        DateField::Document => "Datum van het document zelf",
        DateField::Gewijzigd => "Datum van het bestand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_dutch() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_234_567), "1.234.567");
        assert_eq!(count(1, "document", "documenten"), "1 document");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_500), "1,5 kB");
        assert_eq!(bytes(12_000_000), "12 MB");
        assert_eq!(bytes(200_400_000_000), "200 GB");
        assert_eq!(seconds(1.25), "1,2 seconden");
        assert_eq!(seconds(125.0), "2 min 5 s");
    }

    #[test]
    fn dates_say_what_is_known() {
        let read = |text| date(PartialDate::parse(text).expect("date"));
        assert_eq!(read("2021-06-03"), "3 juni 2021");
        assert_eq!(read("2021-12"), "december 2021");
        assert_eq!(read("0987"), "0987");
        let late: Timestamp = "2021-12-31T23:05:00Z".parse().expect("instant");
        assert_eq!(moment(late), "1 januari 2022 om 00:05");
    }
}
