//! The demo archive: an invented network drive of the municipality of Waterveen, which the program writes
//! itself when it is started without a folder. Owns which files there are and how they get on disk; never
//! touches an archive that stands already, and never leaves half of one. Every organisation and person in it
//! is invented.

mod formats;
mod kade;
mod mail;
mod markup;
mod odf;
mod office;
mod pack;
mod pdf;
mod picture;
mod plain;
mod special;
#[cfg(test)]
mod tests;
mod texts;
pub mod zaak;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, write::ZlibEncoder};
use jiff::{civil::DateTime, tz::TimeZone};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Format {
    Txt,
    TxtWindows,
    TxtUtf16,
    Markdown,
    /// As it is: CSV, JSON, XML.
    Raw,
    Html,
    Rtf,
    Pdf,
    Scan,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
}

/// One text of the archive. A path that starts with `@` exists only inside a mail or another file.
struct Text {
    format: Format,
    date: &'static str,
    author: &'static str,
    path: &'static str,
    title: &'static str,
    body: &'static str,
}

/// Keeps the tables of texts compact.
const fn text(
    format: Format,
    date: &'static str,
    author: &'static str,
    path: &'static str,
    title: &'static str,
    body: &'static str,
) -> Text {
    Text {
        format,
        date,
        author,
        path,
        title,
        body,
    }
}

/// How the text of a mail is written.
#[derive(Clone, Copy)]
enum Style {
    Plain,
    Windows,
    Html,
}

/// One mail. People are `Naam <adres>` parted by `; `.
struct Mail {
    path: &'static str,
    style: Style,
    date: &'static str,
    id: &'static str,
    from: &'static str,
    to: &'static str,
    cc: &'static str,
    subject: &'static str,
    /// The ids of the mails before this one in the conversation, the oldest first.
    answers: &'static [&'static str],
    /// Paths of texts.
    attachments: &'static [&'static str],
    /// The path of the mail that is sent on, or nothing.
    forwards: &'static str,
    body: &'static str,
}

/// A ZIP file with texts, mails or other archives, or a mailbox with mails; all named by their paths.
struct Archive {
    path: &'static str,
    date: &'static str,
    password: Option<&'static str>,
    members: &'static [&'static str],
}

/// What one entry of the archive on disk is.
enum Content {
    Bytes(Vec<u8>),
    /// A symlink and where it points, relative to its folder.
    #[cfg(unix)]
    Link(&'static str),
}

/// One entry of the archive on disk.
struct Entry {
    path: PathBuf,
    date: &'static str,
    content: Content,
}

/// Writes the demo archive in `dir`, unless something stands there already. It is written beside `dir` first
/// and then renamed, so that a stop halfway leaves no half archive; what such a stop left behind is removed.
pub fn write(dir: &Path) -> io::Result<()> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Ok(());
    }
    let name = dir
        .file_name()
        .ok_or_else(|| io::Error::other("de demo-map heeft geen naam"))?;
    let mut beside = name.to_owned();
    beside.push(".deel");
    let beside = dir.with_file_name(beside);
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    for entry in plan()? {
        let path = beside.join(&entry.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match entry.content {
            Content::Bytes(bytes) => {
                let mut file = File::create(&path)?;
                file.write_all(&bytes)?;
                file.set_modified(
                    moment(entry.date)?
                        .to_zoned(TimeZone::UTC)
                        .map_err(io::Error::other)?
                        .into(),
                )?;
            }
            #[cfg(unix)]
            Content::Link(target) => std::os::unix::fs::symlink(target, &path)?,
        }
    }
    fs::rename(&beside, dir)
}

/// Every entry of the archive, always the same.
fn plan() -> io::Result<Vec<Entry>> {
    let made = texts::texts()
        .map(|text| (text.path, text.date))
        .chain(texts::MAILS.iter().map(|mail| (mail.path, mail.date)))
        .chain(
            texts::ARCHIVES
                .iter()
                .map(|archive| (archive.path, archive.date)),
        );
    let mut entries = made
        .filter(|(path, _)| !path.starts_with('@'))
        .map(|(path, date)| {
            Ok(Entry {
                path: path.into(),
                date,
                content: Content::Bytes(rendered(path)?),
            })
        })
        .collect::<io::Result<Vec<Entry>>>()?;
    entries.extend(special::entries()?);
    entries.extend(kade::entries()?);
    entries.extend(formats::entries()?);
    Ok(entries)
}

/// The bytes of the text, mail or archive with this path.
fn rendered(path: &str) -> io::Result<Vec<u8>> {
    if let Some(text) = texts::texts().find(|text| text.path == path) {
        return match text.format {
            Format::Txt => Ok(plain::txt(text).into_bytes()),
            Format::TxtWindows => plain::txt_windows(text),
            Format::TxtUtf16 => Ok(plain::txt_utf16(text)),
            Format::Markdown => Ok(plain::markdown(text).into_bytes()),
            Format::Raw => Ok(text.body.trim_start().into()),
            Format::Html => Ok(plain::html(text).into_bytes()),
            Format::Rtf => plain::rtf(text),
            Format::Pdf => pdf::text(text),
            Format::Scan => pdf::scan(text, special::scanned(text)),
            Format::Docx => office::docx(text),
            Format::Xlsx => office::xlsx(text),
            Format::Pptx => office::pptx(text),
            Format::Odt => odf::odt(text),
            Format::Ods => odf::ods(text),
            Format::Odp => odf::odp(text),
        };
    }
    if let Some(archive) = texts::ARCHIVES.iter().find(|archive| archive.path == path) {
        if path.ends_with(".mbox") {
            let mails = archive.members.iter().map(|path| mail(path));
            return mail::mbox(&mails.collect::<io::Result<Vec<_>>>()?);
        }
        let members = archive
            .members
            .iter()
            .map(|path| {
                Ok(pack::Member {
                    name: name_inside(path).to_owned(),
                    data: rendered(path)?,
                })
            })
            .collect::<io::Result<Vec<_>>>()?;
        return pack::zip(&members, archive.date, archive.password);
    }
    mail::eml(mail(path)?)
}

/// The mail with this path.
fn mail(path: &str) -> io::Result<&'static Mail> {
    let found = texts::MAILS.iter().find(|mail| mail.path == path);
    found.ok_or_else(|| io::Error::other(format!("the demo archive has no {path}")))
}

/// The name inside an archive: with folders for what exists only there, without for what has a place of its own.
fn name_inside(path: &str) -> &str {
    path.strip_prefix('@').unwrap_or_else(|| file_name(path))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '@']).next().unwrap_or(path)
}

/// A date of the tables, `2021-03-15 10:24`, in UTC.
fn moment(date: &str) -> io::Result<DateTime> {
    date.parse().map_err(io::Error::other)
}

/// The bytes packed as PDF and PNG want them.
fn deflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
