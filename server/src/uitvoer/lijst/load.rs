//! The load file of review programs: a DAT in Concordance's form and an OPT, together in a ZIP. Goes over the documents
//! twice, so that the first of a family knows the last without the family standing in memory.

use super::{Lijst, out};
use crate::problem::Problem;
use crate::uitvoer::bestand::{kenmerk, unnamed};
use crate::uitvoer::oordelen::{Oordelen, Stand};
use crate::uitvoer::tabel::Geschreven;
use crate::zaken::Zaak;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;
use zv_indexer::read::key;
use zv_shared::{DocId, Document, Public};

/// Around each value.
const QUOTE: char = '\u{fe}';
/// Between values.
const BETWEEN: char = '\u{14}';
/// A line end within a value.
const LINE_END: char = '\u{ae}';
/// The volume that the files belong to.
const VOLUME: &str = "ZV001";
/// The folder of the originals, here and in a package.
pub const ORIGINELEN: &str = "originelen";
/// The folder of the texts in a package that has them.
pub const TEKST: &str = "tekst";

const FIELDS: [&str; 36] = [
    "DOCID",
    "BEGATTACH",
    "ENDATTACH",
    "PARENTID",
    "CUSTODIAN",
    "SOURCE",
    "SOURCEPATH",
    "FILENAME",
    "FILEEXT",
    "TITLE",
    "SUBJECT",
    "DOCTYPE",
    "AUTHOR",
    "FROM",
    "TO",
    "CC",
    "BCC",
    "DATESENT",
    "DATEDOC",
    "DATEMOD",
    "LANGUAGE",
    "FILESIZE",
    "PAGECOUNT",
    "SHA256HASH",
    "DUPGROUP",
    "THREADID",
    "MESSAGEID",
    "INREPLYTO",
    "REFERENCES",
    "PUBLISHED",
    "PUBLISHEDAT",
    "READABILITY",
    "REVIEW",
    "ZVID",
    "TEXTPATH",
    "NATIVEPATH",
];

/// How the documents of an export are called: by their number in the case, and those without one by a number that
/// follows the order of the export.
pub struct Nummers<'a> {
    oordelen: &'a Oordelen,
    kenmerk: String,
}

impl<'a> Nummers<'a> {
    /// Of a case.
    pub fn new(zaak: &Zaak, oordelen: &'a Oordelen) -> Self {
        Nummers {
            oordelen,
            kenmerk: kenmerk(zaak),
        }
    }

    /// The name of the document at this place in the export, from 1.
    pub fn of(&self, document: DocId, place: u64) -> String {
        let stand = self.oordelen.get(&document);
        match stand.and_then(|stand| stand.nummer.as_deref()) {
            Some(nummer) => nummer.to_owned(),
            None => format!("{}-{place:08}", self.kenmerk),
        }
    }
}

/// How the file of a document ends: as its name does, else by its format. Empty when neither says anything sound.
pub fn extension(document: &Document) -> String {
    let name = document.place.name();
    let sound = |ending: &str| {
        (1..=10).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending
        .filter(|ending| sound(ending))
        .or_else(|| Some(document.format.as_str()).filter(|format| sound(format)));
    ending.map(str::to_lowercase).unwrap_or_default()
}

/// A name with an ending, when there is one.
pub fn with_extension(name: &str, extension: &str) -> String {
    match extension {
        "" => name.to_owned(),
        extension => format!("{name}.{extension}"),
    }
}

/// Documents of one family that follow one another.
struct Block {
    count: u64,
    last: DocId,
}

fn blocks(lijst: &Lijst<'_>) -> Result<Vec<Block>, Problem> {
    let (mut blocks, mut family) = (Vec::<Block>::new(), None);
    lijst.set.each(|document| {
        match blocks
            .last_mut()
            .filter(|_| family == Some(document.family))
        {
            Some(block) => {
                block.count += 1;
                block.last = document.id;
            }
            None => blocks.push(Block {
                count: 1,
                last: document.id,
            }),
        }
        family = Some(document.family);
        Ok(())
    })?;
    Ok(blocks)
}

/// Writes the ZIP.
pub fn write(lijst: &Lijst<'_>, to: &File, werkmap: &Path) -> Result<Geschreven, Problem> {
    let options = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new(out(to));
    zip.start_file("lijst.dat", options)
        .map_err(io::Error::from)?;
    let mut opt = BufWriter::new(unnamed(werkmap)?);
    let count = lines(lijst, &mut zip, &mut opt)?;
    let mut opt = opt.into_inner().map_err(|error| error.into_error())?;
    opt.rewind()?;
    zip.start_file("lijst.opt", options)
        .map_err(io::Error::from)?;
    io::copy(&mut opt, &mut zip)?;
    let mut done = zip.finish().map_err(io::Error::from)?;
    done.flush()?;
    Ok(Geschreven {
        rijen: count,
        bladen: 1,
        ingekort: 0,
    })
}

fn lines(lijst: &Lijst<'_>, dat: &mut impl Write, opt: &mut impl Write) -> Result<u64, Problem> {
    let blocks = blocks(lijst)?;
    let mut blocks = blocks.iter();
    let nummers = Nummers::new(lijst.zaak, lijst.oordelen);
    let mut family = Family::default();
    let mut place = 0;
    dat.write_all("\u{feff}".as_bytes())?;
    line(dat, &FIELDS.map(str::to_owned))?;
    lijst.set.each(|document| {
        place += 1;
        let id = nummers.of(document.id, place);
        if family.left == 0 {
            // Both goes over the documents are of the same state of the index.
            let block = blocks.next();
            let block = block.ok_or_else(|| Problem::fault("a family more than counted"))?;
            family = Family {
                left: block.count,
                first: id.clone(),
                last: nummers.of(block.last, place + block.count - 1),
                members: HashMap::new(),
            };
        }
        family.left -= 1;
        let native = with_extension(&id, &extension(&document));
        let native = format!("{ORIGINELEN}\\{native}");
        let pages = document.pages.max(1);
        write!(opt, "{id},{VOLUME},{native},Y,,,{pages}\r\n")?;
        line(dat, &values(lijst, &document, &id, &family, native))?;
        // Who stands alone is nobody's parent in this list.
        if family.left > 0 || !family.members.is_empty() {
            family.members.insert(document.id, id);
        }
        Ok(())
    })
}

/// The family that is being written.
#[derive(Default)]
struct Family {
    left: u64,
    first: String,
    last: String,
    members: HashMap<DocId, String>,
}

fn values(
    lijst: &Lijst<'_>,
    document: &Document,
    id: &str,
    family: &Family,
    native: String,
) -> [String; 36] {
    let dates = &document.dates;
    let property = |name: &str| properties(document, name).join("; ");
    let is_mail = document.relations.mail.is_some();
    let date = |date: Option<zv_shared::PartialDate>| date.map(|date| date.to_string());
    let parent = document
        .parent
        .and_then(|parent| family.members.get(&parent));
    let (first, last) = match family.first == family.last {
        true => Default::default(),
        false => (family.first.clone(), family.last.clone()),
    };
    let stand = lijst.oordelen.get(&document.id);
    let published = document.relations.published.as_ref();
    [
        id.to_owned(),
        first,
        last,
        parent.cloned().unwrap_or_default(),
        document.custodian.clone().unwrap_or_default(),
        document.bron.clone(),
        document.place.to_string(),
        document.place.name(),
        extension(document),
        document.title.clone(),
        if is_mail {
            document.title.clone()
        } else {
            String::new()
        },
        document.kind.clone(),
        document.authors.join("; "),
        document.from.join("; "),
        to(document).join("; "),
        property(key::CC),
        property(key::BCC),
        match dates.sent_at {
            Some(moment) => moment.to_string(),
            None => date(dates.sent).unwrap_or_default(),
        },
        date(dates.document.map(|dated| dated.date)).unwrap_or_default(),
        date(dates.changed).unwrap_or_default(),
        document.language.clone().unwrap_or_default(),
        document.size.to_string(),
        document.pages.to_string(),
        document
            .content
            .map(|hash| hash.to_string())
            .unwrap_or_default(),
        document
            .relations
            .same
            .map(|key| key.to_string())
            .unwrap_or_default(),
        document
            .relations
            .thread
            .map(|key| key.to_string())
            .unwrap_or_default(),
        property(key::MESSAGE_ID),
        property(key::IN_REPLY_TO),
        property(key::REFERENCES),
        Public::value(published).to_owned(),
        published.map_or_else(String::new, |published| published.place.clone()),
        document.readability.name().to_owned(),
        stand.map(review).unwrap_or_default().to_owned(),
        document.id.to_string(),
        format!("{TEKST}\\{id}.txt"),
        native,
    ]
}

/// The values of a property.
fn properties<'a>(document: &'a Document, name: &str) -> Vec<&'a str> {
    let all = document.metadata.iter();
    let named = all.filter(|(known, _)| known == name);
    named.map(|(_, value)| value.as_str()).collect()
}

/// Who a mail was written to; the index also counts who got a copy.
fn to(document: &Document) -> Vec<&str> {
    let mut copies = properties(document, key::CC);
    copies.extend(properties(document, key::BCC));
    let mut to: Vec<&str> = document.to.iter().map(String::as_str).collect();
    for copy in copies {
        if let Some(at) = to.iter().rposition(|one| *one == copy) {
            to.remove(at);
        }
    }
    to
}

fn review(stand: &Stand) -> &'static str {
    match (&stand.beoordeling, &stand.schifting) {
        (Some(beoordeling), _) => beoordeling.oordeel.naam(),
        (None, Some(schifting)) => schifting.waarde.label(),
        (None, None) => "",
    }
}

/// Writes a line; what would end a value, a line or the file's own marks becomes something else that reads the same.
fn line(to: &mut impl Write, values: &[String]) -> io::Result<()> {
    let mut line = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            line.push(BETWEEN);
        }
        line.push(QUOTE);
        let mut letters = value.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\r' => {
                    letters.next_if_eq(&'\n');
                    line.push(LINE_END);
                }
                '\n' => line.push(LINE_END),
                LINE_END => line.push_str("(R)"),
                QUOTE => line.push('\u{de}'),
                letter if letter.is_control() => line.push(' '),
                letter => line.push(letter),
            }
        }
        line.push(QUOTE);
    }
    line.push_str("\r\n");
    to.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_breaks_out_of_its_place() {
        let mut out = Vec::new();
        let values = ["a\u{fe}b\u{14}c", "een\r\ntwee\ndrie", "Merk\u{ae}"].map(str::to_owned);
        line(&mut out, &values).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "\u{fe}a\u{de}b c\u{fe}\u{14}\u{fe}een\u{ae}twee\u{ae}drie\u{fe}\u{14}\u{fe}Merk(R)\u{fe}\r\n"
        );
    }
}
