//! Which file of a folder describes which other, by their names alone, as standards for archives and exports of document
//! systems have it. Never opens a file.

use std::collections::{HashMap, HashSet};

/// What comes behind the whole name of a file: MDTO of a file and of what it is part of, ToPX, OPEX, and the properties
/// of an export of Alfresco. Capitals differ from one standard to the other, even within one. The longest go first.
pub const BEHIND_NAME: [&str; 5] = [
    ".metadata.properties.xml",
    ".bestand.mdto.xml",
    ".mdto.xml",
    ".metadata",
    ".opex",
];
/// What comes behind a name of which the extension was left out.
pub const BEHIND_STEM: [&str; 2] = [".bestand.mdto.xml", ".mdto.xml"];
/// Names of a file that describes the folder it lies in, whatever that is called.
const OF_ITS_FOLDER: [&str; 10] = [
    "mdto.xml",
    "archief.mdto.xml",
    "serie.mdto.xml",
    "dossier.mdto.xml",
    "zaak.mdto.xml",
    "archiefstuk.mdto.xml",
    "dossier.metadata",
    "record.metadata",
    "serie.metadata",
    "archief.metadata",
];

/// What stands before this ending, whatever its capitals; nothing when that is all.
pub fn before<'a>(name: &'a [u8], end: &str) -> Option<&'a [u8]> {
    let at = name.len().checked_sub(end.len()).filter(|at| *at > 0)?;
    let (front, back) = name.split_at(at);
    back.eq_ignore_ascii_case(end.as_bytes()).then_some(front)
}

/// Whether this may be the name of a description.
pub fn is_description(name: &[u8]) -> bool {
    let ends = BEHIND_NAME.iter().any(|end| before(name, end).is_some());
    ends || name.eq_ignore_ascii_case(OF_ITS_FOLDER[0].as_bytes())
}

/// The name of a file without its extension, and that extension with its dot when it is one.
pub fn parts(file: &[u8]) -> (&[u8], &str) {
    let dot = file.iter().rposition(|byte| *byte == b'.');
    let sound = |ending: &[u8]| {
        (2..=11).contains(&ending.len()) && ending[1..].iter().all(u8::is_ascii_alphanumeric)
    };
    match dot.map(|dot| file.split_at(dot)) {
        Some((stem, ending)) if !stem.is_empty() && sound(ending) => {
            (stem, std::str::from_utf8(ending).unwrap_or_default())
        }
        _ => (file, ""),
    }
}

/// The file of which this is an older version, and which: Alfresco writes `nota.pdf.v1` beside `nota.pdf`.
pub fn version(name: &[u8]) -> Option<(&[u8], &str)> {
    let at = name.windows(2).rposition(|pair| pair == b".v")?;
    let number = std::str::from_utf8(&name[at + 2..]).ok()?;
    let sound = !number.is_empty()
        && number.len() <= 9
        && number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    (sound && at > 0).then(|| (&name[..at], number))
}

/// What a file with the name of a description describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Files beside it.
    Files,
    /// The folder in which it lies.
    Folder,
    /// The folder of this name beside it.
    FolderBeside(Vec<u8>),
    /// A file that a rule leaves out.
    LeftOut,
    /// Nothing that is there.
    Nothing,
}

/// A name in a folder, and whether its file is read.
#[derive(Clone, Copy, Debug)]
pub struct Name<'n> {
    /// The name.
    pub name: &'n [u8],
    /// False when a rule leaves it out, or it is no file.
    pub read: bool,
}

/// The descriptions of one folder. Numbers are places in the list that was given.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Of each described file its descriptions, those by its whole name first.
    pub of: HashMap<usize, Vec<usize>>,
    /// What each description describes.
    pub roles: HashMap<usize, Role>,
}

impl Pairs {
    /// Of these names in a folder that is called `folder`. `is_folder` tells whether a folder of a name lies there, too.
    pub fn new(folder: &[u8], names: &[Name<'_>], is_folder: &dyn Fn(&[u8]) -> bool) -> Pairs {
        let mut pairs = Pairs::default();
        let described = |at: &usize| names[*at].read && is_description(names[*at].name);
        let descriptions: Vec<usize> = (0..names.len()).filter(described).collect();
        if descriptions.is_empty() {
            return pairs;
        }
        let files = Files::new(names);
        for &at in &descriptions {
            let name = names[at].name;
            let role = files.role(at, name, folder, is_folder, &mut pairs.of);
            pairs.roles.insert(at, role);
        }
        for list in pairs.of.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        pairs
    }

    /// Whether any file here has a description: then the others should have one, too.
    pub fn describes_files(&self) -> bool {
        !self.of.is_empty()
    }
}

/// Names of files in small letters.
struct Files<'n> {
    names: &'n [Name<'n>],
    whole: HashMap<Vec<u8>, Vec<usize>>,
    stems: HashMap<Vec<u8>, Vec<usize>>,
    /// What stands before the ending of each description.
    described: HashSet<(&'n [u8], &'static str)>,
}

impl<'n> Files<'n> {
    fn new(names: &'n [Name<'n>]) -> Self {
        let mut files = Files {
            names,
            whole: HashMap::new(),
            stems: HashMap::new(),
            described: HashSet::new(),
        };
        for (at, name) in names.iter().enumerate() {
            let ends = BEHIND_NAME.iter();
            let fronts = ends.filter_map(|end| Some((before(name.name, end)?, *end)));
            files.described.extend(fronts);
            if is_description(name.name) {
                continue;
            }
            let small = name.name.to_ascii_lowercase();
            let (stem, _) = parts(&small);
            let stems = files.stems.entry(stem.to_vec()).or_default();
            stems.push(at);
            files.whole.entry(small).or_default().push(at);
        }
        files
    }

    fn role(
        &self,
        at: usize,
        name: &[u8],
        folder: &[u8],
        is_folder: &dyn Fn(&[u8]) -> bool,
        of: &mut HashMap<usize, Vec<usize>>,
    ) -> Role {
        let fronts = || {
            let ends = BEHIND_NAME.iter();
            ends.filter_map(|end| Some((before(name, end)?, *end)))
        };
        for (front, end) in fronts() {
            let found = self.whole.get(&front.to_ascii_lowercase());
            if let Some(role) = self.files(at, front, end, found, of) {
                return role;
            }
        }
        let own = |front: &[u8]| !folder.is_empty() && front.eq_ignore_ascii_case(folder);
        let usual = || {
            OF_ITS_FOLDER
                .iter()
                .any(|one| name.eq_ignore_ascii_case(one.as_bytes()))
        };
        // A file may have the name of its folder: then the description is of the folder.
        if usual() || fronts().any(|(front, _)| own(front)) {
            return Role::Folder;
        }
        for (front, end) in fronts().filter(|(_, end)| BEHIND_STEM.contains(end)) {
            let found = self.stems.get(&front.to_ascii_lowercase());
            if let Some(role) = self.files(at, front, end, found, of) {
                return role;
            }
        }
        let beside = fronts().find(|(front, _)| is_folder(front));
        beside.map_or(Role::Nothing, |(front, _)| {
            Role::FolderBeside(front.to_vec())
        })
    }

    /// The files that a description with this front is about. In just these capitals goes before others: on most drives
    /// both can be there, with descriptions of their own.
    fn files(
        &self,
        at: usize,
        front: &[u8],
        end: &'static str,
        found: Option<&Vec<usize>>,
        of: &mut HashMap<usize, Vec<usize>>,
    ) -> Option<Role> {
        let found = found?;
        let mine: Vec<usize> = found
            .iter()
            .copied()
            .filter(|file| {
                let name = self.names[*file].name;
                name.starts_with(front) || !self.has_exact(name, front.len(), end)
            })
            .collect();
        let read: Vec<usize> = mine
            .iter()
            .copied()
            .filter(|file| self.names[*file].read)
            .collect();
        for file in &read {
            of.entry(*file).or_default().push(at);
        }
        match (read.is_empty(), mine.is_empty()) {
            (false, _) => Some(Role::Files),
            (true, false) => Some(Role::LeftOut),
            (true, true) => None,
        }
    }

    /// Whether a file has a description with this ending in its own capitals.
    fn has_exact(&self, file: &[u8], front: usize, end: &'static str) -> bool {
        let front = file.get(..front).unwrap_or(file);
        self.described.contains(&(front, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Files with their descriptions.
    type Described = Vec<(String, Vec<String>)>;

    fn roles(folder: &str, names: &[&str]) -> (Vec<(String, Role)>, Described) {
        let list: Vec<Name<'_>> = names
            .iter()
            .map(|name| Name {
                name: name.trim_start_matches('!').as_bytes(),
                read: !name.starts_with('!'),
            })
            .collect();
        let pairs = Pairs::new(folder.as_bytes(), &list, &|name| name == b"onder");
        let name = |at: &usize| String::from_utf8_lossy(list[*at].name).into_owned();
        let mut roles: Vec<_> = pairs
            .roles
            .iter()
            .map(|(at, role)| (name(at), role.clone()))
            .collect();
        let mut of: Vec<_> = pairs
            .of
            .iter()
            .map(|(at, list)| (name(at), list.iter().map(name).collect()))
            .collect();
        roles.sort_by(|a, b| a.0.cmp(&b.0));
        of.sort();
        (roles, of)
    }

    fn of(folder: &str, names: &[&str]) -> Described {
        roles(folder, names).1
    }

    #[test]
    fn every_way_of_naming_finds_its_file() {
        for name in [
            "nota.pdf.bestand.MDTO.xml",
            "NOTA.PDF.mdto.XML",
            "nota.bestand.mdto.xml",
            "nota.mdto.xml",
            "nota.pdf.metadata",
            "nota.pdf.opex",
            "nota.pdf.metadata.properties.xml",
        ] {
            let found = of("map", &["ander.pdf", "nota.pdf", name]);
            assert_eq!(
                found,
                [("nota.pdf".to_owned(), vec![name.to_owned()])],
                "{name}"
            );
        }
        let versions = [
            "nota.pdf",
            "nota.pdf.v1",
            "nota.pdf.v1.metadata.properties.xml",
        ];
        assert_eq!(of("map", &versions)[0].0, "nota.pdf.v1");
        assert_eq!(version(b"nota.pdf.v1.2"), Some((&b"nota.pdf"[..], "1.2")));
        assert_eq!(version(b"nota.vol"), None);
    }

    #[test]
    fn an_object_may_be_in_several_files_and_capitals_tell_two_files_apart() {
        let both = of("map", &["nota.docx", "nota.pdf", "nota.mdto.xml"]);
        assert_eq!(both.len(), 2);
        let names = [
            "Nota.pdf",
            "Nota.pdf.mdto.xml",
            "nota.pdf",
            "nota.pdf.mdto.xml",
        ];
        for (file, described) in of("map", &names) {
            assert_eq!(described, [format!("{file}.mdto.xml")]);
        }
    }

    #[test]
    fn what_describes_no_file_describes_a_folder_or_nothing() {
        let names = [
            "!groot.pdf",
            "groot.pdf.mdto.xml",
            "Map.MDTO.xml",
            "onder.metadata.properties.xml",
            "weg.pdf.mdto.xml",
            "Map.pdf",
        ];
        let role = |name: &str, role| (name.to_owned(), role);
        assert_eq!(
            roles("map", &names).0,
            [
                role("Map.MDTO.xml", Role::Folder),
                role("groot.pdf.mdto.xml", Role::LeftOut),
                role(
                    "onder.metadata.properties.xml",
                    Role::FolderBeside(b"onder".to_vec())
                ),
                role("weg.pdf.mdto.xml", Role::Nothing),
            ]
        );
        assert_eq!(roles("x", &["mdto.xml"]).0[0].1, Role::Folder);
        assert_eq!(roles("x", &["a.txt", "b.xml"]).0, []);
    }

    proptest! {
        #[test]
        fn every_description_has_one_role(names in proptest::collection::btree_set("[aA]{0,2}(\\.pdf)?(\\.mdto\\.xml|\\.MDTO\\.xml|\\.metadata|\\.opex)?", 0..12)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (roles, of) = roles("aa", &names);
            let described = names.iter().filter(|name| is_description(name.as_bytes())).count();
            prop_assert_eq!(roles.len(), described);
            for (file, list) in of {
                prop_assert!(!list.is_empty() && !is_description(file.as_bytes()));
            }
        }
    }
}
