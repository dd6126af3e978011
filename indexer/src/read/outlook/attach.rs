//! Attachments of an item as child documents: their names, which of them are mere decoration, and what can be
//! read of an object that another program put there. Never reads the files themselves.

use std::io::{Read, Seek};

use cfb::CompoundFile;

use super::super::eml::{clean, is_shown};
use super::super::{Output, Reason, Stop, embedded};
use super::props::Props;

/// How the attachment is kept: 5 is an enclosed message, 6 an object of another program.
pub(super) fn method(props: &Props) -> i64 {
    props.number(0x3705).unwrap_or(1)
}

/// The name of an attachment; the number is for those without any.
pub(super) fn name(props: &Props, number: u32) -> String {
    let own = [0x3707, 0x3704, 0x3001].into_iter().find_map(|id| {
        let name = clean(&props.text(id)?);
        (!name.is_empty()).then_some(name)
    });
    let mut name = own.unwrap_or_else(|| format!("bijlage-{number}"));
    if let Some(extension) = props.text(0x3703).map(|extension| clean(&extension))
        && extension.starts_with('.')
        && !name.contains('.')
    {
        name.push_str(&extension);
    }
    name
}

/// A signed mail is kept as one attachment, which is a mail of its own.
pub(super) fn signed_name(name: String, head: &[u8]) -> String {
    let mark = b"content-type: multipart/";
    let start = head.trim_ascii_start().get(..mark.len());
    match start.is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
        true => "ondertekend bericht.eml".into(),
        false => name,
    }
}

fn mime(props: &Props) -> String {
    props.text(0x370e).unwrap_or_default().to_lowercase()
}

/// An image that the body shows by itself, such as a logo under a signature.
pub(super) fn is_decoration(props: &Props, shown: &str) -> bool {
    let name = name(props, 0).to_lowercase();
    let image = mime(props).starts_with("image/")
        || [".png", ".jpg", ".jpeg", ".gif", ".bmp"]
            .iter()
            .any(|e| name.ends_with(e));
    let id = props.text(0x3712);
    image && id.is_some_and(|id| is_shown(&id, shown))
}

/// Why there are no bytes: the attachment lies elsewhere, or they are missing.
pub(super) fn absence(props: &Props) -> Reason {
    let place = [0x370d, 0x3708].into_iter().find_map(|id| props.text(id));
    match (method(props), place) {
        (2..=4 | 7, Some(place)) => Reason::Other(format!(
            "de bijlage zit niet in het bericht: er staat alleen waar ze lag ({place})"
        )),
        (2..=4 | 7, None) => Reason::Other(
            "de bijlage zit niet in het bericht: er staat alleen een verwijzing".into(),
        ),
        _ => Reason::Broken("de inhoud van de bijlage ontbreekt".into()),
    }
}

/// A child without bytes.
pub(super) fn give_absent(name: &str, reason: Reason, output: &mut dyn Output) -> Result<(), Stop> {
    output.begin_child(name, "")?;
    output.end_child(Some(reason))
}

/// A child with these bytes.
pub(super) fn give(
    name: &str,
    key: &str,
    bytes: impl Read,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    output.begin_child(name, key)?;
    let trouble = embedded::pass(bytes, output)?
        .map(|error| Reason::Broken(format!("de bijlage is niet heel ({error})")));
    output.end_child(trouble)
}

/// What can be read of an object of another program, which is a container of its own. A mere picture of the
/// object is nothing to read.
pub(super) fn give_object(name: &str, bytes: &[u8], output: &mut dyn Output) -> Result<(), Stop> {
    let Some(found) = embedded::inside(name, bytes) else {
        return Ok(());
    };
    output.begin_child(&found.name, "")?;
    embedded::pass(found.bytes.as_ref(), output)?;
    output.end_child(found.is_cut.then(embedded::damaged))
}

/// Whether a container is a message.
pub(super) fn is_message<F: Read + Seek>(
    file: &CompoundFile<F>,
    storage: &std::path::Path,
) -> bool {
    file.is_stream(storage.join(super::store::PROPERTIES))
}
