//! OpenDocument texts, sheets and presentations (ODF): content, then notes beside it, embedded objects, headers
//! and footers. Never decrypts: an encrypted document is told from its manifest.

mod walk;

use std::io::Read;

use super::package::{Package, properties};
use super::sink::Sink;
use super::tokens::{Fault, Step, Token, Xml};
use super::{Input, Limits, Outcome, Output, Reason, Stop, key};
use walk::Walk;

/// What kind of document: it decides what a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Sheet,
    Slides,
}

/// Reads one `odt` document.
pub fn read_odt(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Text, input, limits, output)
}

/// Reads one `ods` document.
pub fn read_ods(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Sheet, input, limits, output)
}

/// Reads one `odp` document.
pub fn read_odp(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Slides, input, limits, output)
}

fn read(kind: Kind, input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    if encrypted(&mut package) {
        return Outcome::Unreadable(Reason::Encrypted);
    }
    let mut sink = Sink::new(output);
    let result = document(kind, &mut package, &mut sink);
    sink.finish(result)
}

/// Whether the manifest says that content is encrypted. A damaged manifest says nothing.
fn encrypted(package: &mut Package<'_>) -> bool {
    let mut encrypted = false;
    let mut of_content = false;
    let _ = package.xml("META-INF/manifest.xml").and_then(|xml| {
        xml.each(|token| {
            if let Token::Start(tag) = token {
                match tag.local() {
                    "file-entry" => {
                        let path = tag.attr("full-path").unwrap_or_default();
                        of_content = path == "content.xml" || path == "encrypted-package";
                    }
                    "encryption-data" if of_content => encrypted = true,
                    _ => {}
                }
            }
            Ok(Step::Into)
        })
    });
    encrypted
}

fn document(kind: Kind, package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    if package.has("meta.xml") {
        let result = package.xml("meta.xml").and_then(|xml| meta(xml, sink));
        sink.past(result)?;
    }
    part(kind, package, "content.xml", sink)?;
    // Charts and formulas lie in folders of their own.
    for name in package.names() {
        if name.ends_with("/content.xml") {
            part(Kind::Text, package, &name, sink)?;
        }
    }
    if package.has("styles.xml") {
        let result = package
            .xml("styles.xml")
            .and_then(|xml| Walk::new(kind, true).run(xml, sink));
        sink.past(result)?;
    }
    Ok(())
}

fn part(
    kind: Kind,
    package: &mut Package<'_>,
    name: &str,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let result = package
        .xml(name)
        .and_then(|xml| Walk::new(kind, false).run(xml, sink));
    sink.past(result)
}

/// The document's own properties.
fn meta<R: Read>(xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    properties(xml, sink, |name| match name {
        "dc:title" => Some(key::TITLE),
        "meta:initial-creator" => Some(key::AUTHOR),
        "meta:creation-date" => Some(key::CREATED),
        "dc:date" => Some(key::MODIFIED),
        "dc:subject" | "dc:description" => Some(key::DESCRIPTION),
        "meta:keyword" => Some(key::KEYWORDS),
        _ => None,
    })
}
