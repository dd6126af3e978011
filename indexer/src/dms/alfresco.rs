//! The shadow properties of a bulk export of Alfresco: properties XML of Java beside each file, folder and older version.
//! Never looks at other files.

use super::facts::{DATING, Facts, key};
use super::tree::Node;
use crate::read::key as known;

/// What it says; `None` when these are properties of something else.
pub fn facts(root: &Node) -> Option<Facts> {
    let entries: Vec<(&str, &str)> = root
        .all("entry")
        .filter_map(|entry| Some((entry.attribute("key")?, entry.text.as_str())))
        .collect();
    let alfresco =
        |(name, _): &(&str, &str)| *name == "type" || *name == "aspects" || name.starts_with("cm:");
    // Of other programs a property may be called `type`, too.
    let ours = entries
        .iter()
        .any(|(name, value)| name.starts_with("cm:") || (*name == "type" && value.contains(':')));
    if !ours || !entries.iter().any(alfresco) {
        return None;
    }
    let mut facts = Facts::new("Alfresco");
    let mut dates = Vec::new();
    for (name, value) in entries {
        match name {
            "cm:title" => facts.add(known::TITLE, value),
            "cm:name" => facts.add(key::FILE, value),
            "cm:author" => facts.add(known::AUTHOR, value),
            "cm:creator" => facts.person(Some(value), Some("gemaakt door")),
            "cm:modifier" => facts.person(Some(value), Some("gewijzigd door")),
            "cm:description" | "cm:summary" => facts.add(known::DESCRIPTION, value),
            "cm:subjectline" => facts.add(known::TITLE, value),
            "cm:sentdate" => dates.push(("Verzending".to_owned(), value.to_owned())),
            "cm:created" => {
                facts.add(name, value);
                dates.push(("Creatie".to_owned(), value.to_owned()));
            }
            "sys:node-uuid" => facts.add(key::IDENTITY, value),
            // Groups of names are told apart by a comma in this form.
            "cm:taggable" | "cm:categories" => {
                value
                    .split(',')
                    .for_each(|word| facts.add(known::KEYWORDS, word));
            }
            _ => facts.add(name, value),
        }
    }
    facts.dated(&DATING, &dates);
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::super::describe;
    use super::*;

    #[test]
    fn shadow_properties_become_fields_and_the_rest_stays() {
        let facts = describe(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">
            <properties><entry key=\"type\">cm:content</entry><entry key=\"aspects\">cm:versionable,cm:dublincore</entry>
            <entry key=\"cm:title\">Nota haven</entry><entry key=\"cm:author\">F. Bakker</entry>
            <entry key=\"cm:created\">2012-03-04T10:11:12.000+01:00</entry><entry key=\"min:zaaknummer\">2012-55</entry></properties>",
        )
        .unwrap();
        let first = |key: &str| facts.first(key).unwrap_or_default();
        assert_eq!(first(known::TITLE), "Nota haven");
        assert_eq!(first(known::AUTHOR), "F. Bakker");
        assert_eq!(first(key::DATE), "2012-03-04");
        assert_eq!(first("min:zaaknummer"), "2012-55");
        assert_eq!(first("type"), "cm:content");
    }

    #[test]
    fn properties_of_another_program_are_no_description() {
        let other = "<properties><entry key=\"type\">oracle</entry><entry key=\"url\">jdbc</entry></properties>";
        assert_eq!(describe(other), None);
    }
}
