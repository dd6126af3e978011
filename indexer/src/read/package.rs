//! Office packages: a zip whose members are parts with agreed names, opened one at a time within the limits of
//! unpacking. Never knows what a part means, except its relations and the core properties.

use std::collections::HashMap;
use std::io::{BufReader, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::archive::{Bounded, Budget, archive_reason, member_reason};
use super::sink::Sink;
use super::tokens::{Fault, Step, Tag, Token, Xml};
use super::{Input, Limits, Reason, Source, Stop, key};

/// A part that is being unpacked.
pub(super) type Part<'p, 'f> = Bounded<'p, ZipFile<'p, BufReader<&'f mut Source>>>;

/// An opened package.
pub(super) struct Package<'f> {
    zip: ZipArchive<BufReader<&'f mut Source>>,
    /// Part names without leading slash, in lower case: names of parts do not differ by case.
    index: HashMap<String, usize>,
    budget: Budget,
}

/// How one part points to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// Its identity within the pointing part.
    pub(super) id: String,
    /// The last word of its type, such as `header`.
    pub(super) kind: String,
    /// Name of the part it points to.
    pub(super) target: String,
}

impl<'f> Package<'f> {
    /// Opens the package in `input`.
    pub(super) fn open(input: &'f mut Input, limits: &Limits) -> Result<Self, Reason> {
        let budget = Budget::new(input.size, limits);
        let zip = ZipArchive::new(BufReader::new(&mut input.file))
            .map_err(|error| archive_reason(&error))?;
        let mut index = HashMap::new();
        for (place, name) in zip.file_names_raw().enumerate() {
            index.insert(fold(&String::from_utf8_lossy(name)), place);
        }
        Ok(Self { zip, index, budget })
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index.contains_key(&fold(name))
    }

    /// Names of all parts (folded), sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.index.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Opens a part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<Part<'_, 'f>>, Fault> {
        Ok(Xml::new(self.part(name).map_err(Fault::Bad)?, name))
    }

    /// Opens a part as bytes.
    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_, 'f>, Reason> {
        let Some(&place) = self.index.get(&fold(name)) else {
            return Err(Reason::Broken(format!(
                "er ontbreekt een onderdeel: {name}"
            )));
        };
        let file = self
            .zip
            .by_index(place)
            .map_err(|error| member_reason(&error))?;
        let packed = file.compressed_size();
        Ok(Bounded::new(file, packed, &mut self.budget))
    }

    /// The relations of a part (`""`: of the package); none when it has no list of them.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Fault> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let list = format!("{folder}{slash}_rels/{file}.rels");
        let mut relations = Vec::new();
        if !self.has(&list) {
            return Ok(relations);
        }
        self.xml(&list)?.each(|token| {
            if let Token::Start(tag) = token {
                relations.extend(relation(folder, tag));
            }
            Ok(Step::Into)
        })?;
        Ok(relations)
    }
}

/// The relation that a tag describes, if it points to a part inside the package.
fn relation(folder: &str, tag: &Tag<'_>) -> Option<Relation> {
    if tag.local() != "Relationship" || tag.attr("TargetMode").as_deref() == Some("External") {
        return None;
    }
    let kind = tag.attr("Type")?;
    Some(Relation {
        id: tag.attr("Id")?,
        kind: kind.rsplit('/').next().unwrap_or(&kind).to_owned(),
        target: resolve(folder, &tag.attr("Target")?),
    })
}

/// A part name as the index holds it.
fn fold(name: &str) -> String {
    name.replace('\\', "/")
        .trim_start_matches('/')
        .to_lowercase()
}

/// `target` as seen from `folder`.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Turns the simple elements of a metadata part into properties; `name` says which element (with prefix) is which
/// property.
pub(super) fn properties<R: Read>(
    xml: Xml<R>,
    sink: &mut Sink<'_>,
    name: impl Fn(&str) -> Option<&'static str>,
) -> Result<(), Fault> {
    let mut current: Option<(&'static str, String)> = None;
    xml.each(|token| {
        match token {
            Token::Start(tag) => current = name(tag.name()).map(|key| (key, String::new())),
            Token::Text(text) => {
                if let Some((_, value)) = &mut current {
                    value.push_str(text);
                }
            }
            Token::End(_) => {
                if let Some((key, value)) = current.take() {
                    sink.property(key, &value)?;
                }
            }
        }
        Ok(Step::Into)
    })
}

/// The core properties of an OOXML package.
pub(super) fn core_properties(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let relations = package.relations("").unwrap_or_default();
    let named = relations.into_iter().find(|r| r.kind == "core-properties");
    let part = named.map_or_else(|| "docProps/core.xml".to_owned(), |r| r.target);
    if !package.has(&part) {
        return Ok(());
    }
    let result = package.xml(&part).and_then(|xml| {
        properties(xml, sink, |name| match super::tokens::local(name) {
            "title" => Some(key::TITLE),
            "creator" => Some(key::AUTHOR),
            "created" => Some(key::CREATED),
            "modified" => Some(key::MODIFIED),
            "subject" | "description" => Some(key::DESCRIPTION),
            "keywords" => Some(key::KEYWORDS),
            _ => None,
        })
    });
    sink.past(result)
}

/// The main part of an OOXML package: what the package points to, else where it always lies.
pub(super) fn main_part(package: &mut Package<'_>, usual: &str) -> Result<String, Fault> {
    let relations = package.relations("")?;
    let named = relations.into_iter().find(|r| r.kind == "officeDocument");
    match named {
        Some(relation) if package.has(&relation.target) => Ok(relation.target),
        _ if package.has(usual) => Ok(usual.to_owned()),
        _ => Err(Fault::Bad(Reason::Broken(format!(
            "er ontbreekt een onderdeel: {usual}"
        )))),
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! Packages for tests, made from their parts.

    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    /// A zip of these members.
    pub(crate) fn packed(members: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// A list of relations: identity, last word of the type, target.
    pub(crate) fn relations(list: &[(&str, &str, &str)]) -> String {
        let list = list.iter().map(|(id, kind, target)| {
            format!(r#"<Relationship Id="{id}" Type="http://schemas/{kind}" Target="{target}"/>"#)
        });
        format!(
            "<Relationships>{}</Relationships>",
            list.collect::<String>()
        )
    }

    /// Reads damaged forms of a document: nothing may panic, whatever the outcome.
    pub(crate) fn survives_damage(
        bytes: &[u8],
        cut: proptest::sample::Index,
        flips: &[(proptest::sample::Index, u8)],
        read: impl Fn(&[u8]),
    ) {
        let mut damaged = bytes.to_vec();
        for (place, value) in flips {
            let place = place.index(damaged.len());
            damaged[place] ^= value;
        }
        read(&damaged);
        read(&bytes[..cut.index(bytes.len())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_the_pointing_part() {
        assert_eq!(
            resolve("ppt/slides", "../notesSlides/n1.xml"),
            "ppt/notesSlides/n1.xml"
        );
        assert_eq!(resolve("word", "/word/header1.xml"), "word/header1.xml");
        assert_eq!(resolve("word", "../../../etc/passwd"), "etc/passwd");
    }
}
