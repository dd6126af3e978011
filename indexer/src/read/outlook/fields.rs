//! What appointments, contacts, tasks, notes and lists of people hold beside a text: as lines of text with Dutch
//! labels, and as properties. Never reads a file.

use super::super::key;
use super::message::{class, recipient};
use super::props::{Name, PUBLIC_STRINGS, Props, outlook_set, u32_at, utf16};

const APPOINTMENT: u8 = 2;
const TASK: u8 = 3;
const ADDRESS: u8 = 4;
const COMMON: u8 = 8;
const LOG: u8 = 10;

/// Where the value of a line comes from.
enum From {
    Own(u16),
    Named(u8, u32),
}

use From::{Named, Own};

const CONTACT: [(&str, From); 43] = [
    ("Naam", Own(0x3001)),
    ("Weergegeven als", Named(ADDRESS, 0x8005)),
    ("Aanhef", Own(0x3a45)),
    ("Voornaam", Own(0x3a06)),
    ("Tweede naam", Own(0x3a44)),
    ("Achternaam", Own(0x3a11)),
    ("Bijnaam", Own(0x3a4f)),
    ("Functie", Own(0x3a17)),
    ("Beroep", Own(0x3a46)),
    ("Afdeling", Own(0x3a18)),
    ("Organisatie", Own(0x3a16)),
    ("Kantoor", Own(0x3a19)),
    ("Leidinggevende", Own(0x3a4e)),
    ("Assistent", Own(0x3a30)),
    ("Partner", Own(0x3a48)),
    ("E-mail", Named(ADDRESS, 0x8083)),
    ("E-mail weergegeven als", Named(ADDRESS, 0x8080)),
    ("E-mail 2", Named(ADDRESS, 0x8093)),
    ("E-mail 2 weergegeven als", Named(ADDRESS, 0x8090)),
    ("E-mail 3", Named(ADDRESS, 0x80a3)),
    ("E-mail 3 weergegeven als", Named(ADDRESS, 0x80a0)),
    ("Chatadres", Named(ADDRESS, 0x8062)),
    ("Telefoon werk", Own(0x3a08)),
    ("Telefoon werk 2", Own(0x3a1b)),
    ("Telefoon algemeen", Own(0x3a57)),
    ("Telefoon thuis", Own(0x3a09)),
    ("Telefoon thuis 2", Own(0x3a2f)),
    ("Mobiel", Own(0x3a1c)),
    ("Telefoon anders", Own(0x3a1f)),
    ("Telefoon assistent", Own(0x3a2e)),
    ("Fax werk", Own(0x3a24)),
    ("Fax thuis", Own(0x3a25)),
    ("Adres", Own(0x3a15)),
    ("Adres werk", Named(ADDRESS, 0x801b)),
    ("Adres thuis", Named(ADDRESS, 0x801a)),
    ("Adres anders", Named(ADDRESS, 0x801c)),
    ("Webpagina", Named(ADDRESS, 0x802b)),
    ("Webpagina werk", Own(0x3a51)),
    ("Webpagina thuis", Own(0x3a50)),
    ("Verjaardag", Own(0x3a42)),
    ("Straat", Own(0x3a29)),
    ("Plaats", Own(0x3a27)),
    ("Land", Own(0x3a26)),
];

const MEETING: [(&str, From); 6] = [
    ("Locatie", Named(APPOINTMENT, 0x8208)),
    ("Begin", Named(APPOINTMENT, 0x820d)),
    ("Einde", Named(APPOINTMENT, 0x820e)),
    ("Herhaling", Named(APPOINTMENT, 0x8232)),
    ("Tijdzone", Named(APPOINTMENT, 0x8234)),
    ("Deelnemers", Named(APPOINTMENT, 0x8238)),
];

const JOB: [(&str, From); 6] = [
    ("Eigenaar", Named(TASK, 0x811f)),
    ("Opgedragen door", Named(TASK, 0x8121)),
    ("Begin", Named(TASK, 0x8104)),
    ("Uiterlijk", Named(TASK, 0x8105)),
    ("Klaar op", Named(TASK, 0x810f)),
    ("Contactpersonen", Named(COMMON, 0x853a)),
];

const JOURNAL: [(&str, From); 4] = [
    ("Soort", Named(LOG, 0x8700)),
    ("Begin", Named(LOG, 0x8706)),
    ("Einde", Named(LOG, 0x8708)),
    ("Contactpersonen", Named(COMMON, 0x853a)),
];

/// What kind of item this is, when it is no mail.
fn kind(class: &str) -> Option<&'static str> {
    let kinds = [
        ("ipm.schedule.meeting", "vergaderverzoek"),
        ("ipm.appointment", "afspraak"),
        ("ipm.contact", "contactpersoon"),
        ("ipm.abchperson", "contactpersoon"),
        ("ipm.distlist", "adreslijst"),
        ("ipm.task", "taak"),
        ("ipm.stickynote", "notitie"),
        ("ipm.activity", "logboek"),
        ("ipm.post", "geplaatst bericht"),
        ("report.", "ontvangstmelding"),
    ];
    let found = kinds.iter().find(|(start, _)| class.starts_with(start));
    found.map(|(_, kind)| *kind)
}

/// Properties beside those of a mail.
pub(super) fn properties(props: &Props) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if let Some(kind) = kind(&class(props)) {
        all.push(("soort", kind.to_owned()));
    }
    let named = |set, id| Name::Id(outlook_set(set), id);
    let mut add = |key, value: Option<String>| all.extend(value.map(|value| (key, value)));
    add("locatie", props.named_text(&named(APPOINTMENT, 0x8208)));
    add("begin", props.named_time(&named(APPOINTMENT, 0x820d)));
    add("einde", props.named_time(&named(APPOINTMENT, 0x820e)));
    let categories = Name::Text(PUBLIC_STRINGS, "Keywords".into());
    add(key::KEYWORDS, props.named_text(&categories));
    // The folder that it lay in, kept by the reader of mailboxes.
    add(
        "map",
        props.named_text(&Name::Text(PUBLIC_STRINGS, super::store::FOLDER.into())),
    );
    all
}

/// What stands before the text, a line for every fact.
pub(super) fn lines(props: &Props, recipients: &[Props]) -> String {
    let class = class(props);
    let table: &[(&str, From)] = match kind(&class) {
        Some("contactpersoon") => &CONTACT,
        Some("taak") => &JOB,
        Some("logboek") => &JOURNAL,
        Some("afspraak" | "vergaderverzoek") => &MEETING,
        Some("adreslijst") => &CONTACT[..1],
        _ => return String::new(),
    };
    let mut lines = String::new();
    let mut seen = Vec::new();
    for (label, from) in table {
        let value = match from {
            Own(id) => props.text(*id).or_else(|| props.time(*id).map(shown)),
            Named(set, id) => {
                let name = Name::Id(outlook_set(*set), *id);
                let text = props.named_text(&name);
                text.or_else(|| props.named_time(&name).map(shown))
            }
        };
        let value = value.map(|value| value.trim().replace(['\r', '\n'], " "));
        // Many fields of a contact repeat its name or its address.
        if let Some(value) = value.filter(|value| !value.is_empty() && !seen.contains(value)) {
            lines.push_str(&format!("{label}: {value}\n"));
            seen.push(value);
        }
    }
    if kind(&class) == Some("afspraak") {
        people(
            "Deelnemer",
            recipients.iter().filter_map(recipient),
            &mut lines,
        );
    }
    people("Lid", members(props).into_iter(), &mut lines);
    lines
}

fn people(label: &str, list: impl Iterator<Item = String>, lines: &mut String) {
    for one in list {
        lines.push_str(&format!("{label}: {one}\n"));
    }
}

/// A moment for people; items hold it in UTC.
fn shown(moment: String) -> String {
    let parsed: Result<jiff::Timestamp, _> = moment.parse();
    match parsed {
        Ok(parsed) => parsed.strftime("%d-%m-%Y %H:%M UTC").to_string(),
        Err(_) => moment,
    }
}

/// The members of a list of people, which holds their addresses within itself.
fn members(props: &Props) -> Vec<String> {
    let named = |id| props.named_bytes(&Name::Id(outlook_set(ADDRESS), id));
    let mut all: Vec<String> = Vec::new();
    for entry in named(0x8054).iter().chain(named(0x8055)) {
        if let Some(member) = one_off(entry).filter(|member| !all.contains(member)) {
            all.push(member);
        }
    }
    all
}

/// An address that stands nowhere else ([MS-OXCDATA] 2.2.5.1): name, kind and address.
fn one_off(entry: &[u8]) -> Option<String> {
    const KIND: [u8; 16] = [
        0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19, 0x9d, 0x6e, 0, 0xdd, 1, 0x0f, 0x54, 2,
    ];
    // Lists put a kind of their own around it.
    let at = entry.windows(16).position(|window| window == KIND)? + 16;
    let unicode = u32_at(entry, at)? & 0x8000_0000 != 0;
    let mut rest = entry.get(at + 4..)?;
    let mut next = || -> Option<String> {
        if unicode {
            let end = rest.chunks_exact(2).position(|unit| unit == [0, 0])? * 2;
            let text = utf16(&rest[..end]);
            rest = &rest[end + 2..];
            return Some(text);
        }
        let end = rest.iter().position(|byte| *byte == 0)?;
        let text = super::super::rtf::charset::Charset::default().text(&rest[..end]);
        rest = &rest[end + 1..];
        Some(text)
    };
    let (name, _, address) = (next()?, next()?, next()?);
    match (name.is_empty(), address.is_empty()) {
        (false, false) if name != address => Some(format!("{name} <{address}>")),
        (true, true) => None,
        (_, false) => Some(address),
        (false, true) => Some(name),
    }
}
