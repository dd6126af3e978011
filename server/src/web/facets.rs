//! Filters beside the results: chosen values as pills, facets as checkboxes, folders as a tree, years as bars.
//! Owns how many values are shown; never counts anything itself.

use super::labels;
use askama::Template;
use std::collections::{BTreeMap, BTreeSet};
use zv_shared::Public;
use zv_shared::index::{FacetField, FacetValue, Facets, Filters};

/// Values shown at once; the rest is behind "toon meer".
const SHOWN: usize = 8;
/// Values behind "toon meer".
const MORE: usize = 100;
/// Bars in the histogram.
const BARS: usize = 40;
/// Height of the highest bar.
const BAR_HEIGHT: u64 = 72;

/// A chosen value that can be taken away.
pub struct Pill {
    /// What stands on it.
    pub label: String,
    /// Value of its button.
    pub value: String,
}

/// A checkbox.
pub struct Choice {
    /// Value of the field.
    pub value: String,
    /// What the user reads.
    pub label: String,
    /// Number of documents.
    pub count: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A facet with checkboxes.
pub struct Group {
    /// Name of the field.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// Values shown at once.
    pub shown: Vec<Choice>,
    /// Values behind "toon meer".
    pub more: Vec<Choice>,
    /// How many values are not even there.
    pub rest: String,
}

/// A level of the folder tree.
#[derive(Template)]
#[template(path = "delen/mappen.html")]
pub struct Folders {
    nodes: Vec<Node>,
    more: Vec<Node>,
    rest: String,
}

struct Node {
    choice: Choice,
    below: Option<Folders>,
}

/// A bar of the histogram.
pub struct Bar {
    /// The year.
    pub year: String,
    /// Number of documents.
    pub count: String,
    /// The noun that fits it.
    pub noun: &'static str,
    /// Height of the bar.
    pub height: u64,
    /// Where it starts, from above.
    pub top: u64,
    /// Whether the year is chosen.
    pub chosen: bool,
}

/// Documents per year.
pub struct Years {
    /// The latest years with documents, oldest first.
    pub bars: Vec<Bar>,
    /// Whether there are earlier years than the bars show.
    pub earlier: bool,
    /// All years, newest first.
    pub table: Vec<Choice>,
}

/// Everything beside the results.
pub struct Sidebar {
    /// Chosen values.
    pub pills: Vec<Pill>,
    /// Checkboxes.
    pub groups: Vec<Group>,
    /// Folders, when there are any.
    pub folders: Option<Folders>,
    /// Years, when there are any.
    pub years: Option<Years>,
}

impl Sidebar {
    /// The filters of a search with these counts.
    pub fn new(facets: &Facets, filters: &Filters) -> Self {
        let values = |field| {
            facets
                .facets
                .iter()
                .find(|facet| facet.field == field)
                .map(|facet| &*facet.values)
        };
        let groups = [
            FacetField::Bron,
            FacetField::Soort,
            FacetField::Formaat,
            FacetField::Maand,
            FacetField::Afzender,
            FacetField::Ontvanger,
            FacetField::Betrokkene,
            FacetField::Custodian,
            FacetField::Taal,
            FacetField::Leesbaarheid,
            FacetField::Dubbel,
            FacetField::Openbaar,
            FacetField::Dossier,
            FacetField::Beperking,
            FacetField::Waardering,
        ];
        Sidebar {
            pills: pills(filters),
            groups: groups
                .into_iter()
                .filter_map(|field| group(field, values(field)?, filters))
                .collect(),
            folders: values(FacetField::Map).and_then(folders),
            years: values(FacetField::Jaar).and_then(years),
        }
    }
}

fn pills(filters: &Filters) -> Vec<Pill> {
    let pill = |field: FacetField, value: &String| Pill {
        label: format!("{}: {}", labels::field(field), labels::value(field, value)),
        value: format!("{}={value}", field.name()),
    };
    filters
        .iter()
        .flat_map(|(field, values)| values.iter().map(move |value| pill(*field, value)))
        .collect()
}

fn choice(field: FacetField, value: &FacetValue) -> Choice {
    Choice {
        label: labels::value(field, &value.value),
        value: value.value.clone(),
        count: labels::number(value.count),
        chosen: value.chosen,
    }
}

fn group(field: FacetField, values: &[FacetValue], filters: &Filters) -> Option<Group> {
    let years = filters.get(&FacetField::Jaar);
    // Months of all years together are a long list that nobody reads: they come with a chosen year.
    let wanted = |value: &&FacetValue| {
        field != FacetField::Maand
            || value.chosen
            || years.is_some_and(|years| {
                value
                    .value
                    .get(..4)
                    .is_some_and(|year| years.contains(year))
            })
    };
    let mut values: Vec<&FacetValue> = values.iter().filter(wanted).collect();
    // Where no source is public there is nothing to choose.
    let all_not = |value: &&FacetValue| value.value == Public::NOT && !value.chosen;
    if values.is_empty() || field == FacetField::Openbaar && values.iter().all(all_not) {
        return None;
    }
    values.sort_by_key(|value| !value.chosen);
    // Twelve months belong together.
    let first = if field == FacetField::Maand {
        12
    } else {
        SHOWN
    };
    let chosen = values.iter().filter(|value| value.chosen).count();
    let mut choices = values.iter().map(|value| choice(field, value));
    let shown: Vec<Choice> = choices.by_ref().take(first.max(chosen)).collect();
    let more: Vec<Choice> = choices.by_ref().take(MORE).collect();
    let rest = rest(choices.count());
    Some(Group {
        name: field.name(),
        title: labels::field(field),
        shown,
        more,
        rest,
    })
}

fn rest(count: usize) -> String {
    match count {
        0 => String::new(),
        count => format!(
            "En nog {}.",
            labels::count(count as u64, "andere waarde", "andere waarden")
        ),
    }
}

fn folders(values: &[FacetValue]) -> Option<Folders> {
    let known: BTreeSet<&str> = values.iter().map(|value| value.value.as_str()).collect();
    let parent = |path: &str| -> Option<String> {
        path.rmatch_indices('/')
            .map(|(at, _)| &path[..at])
            .find(|above| known.contains(above))
            .map(str::to_owned)
    };
    let mut below: BTreeMap<Option<String>, Vec<&FacetValue>> = BTreeMap::new();
    for value in values {
        below.entry(parent(&value.value)).or_default().push(value);
    }
    let mut open: BTreeSet<&str> = BTreeSet::new();
    for chosen in values.iter().filter(|value| value.chosen) {
        open.insert(&chosen.value);
        open.extend(
            chosen
                .value
                .match_indices('/')
                .map(|(at, _)| &chosen.value[..at]),
        );
    }
    // A single source says nothing: show what is in it.
    if let Some([only]) = below.get(&None).map(Vec::as_slice) {
        open.insert(&only.value);
    }
    let tree = level(&below, &open, None)?;
    Some(tree)
}

fn level(
    below: &BTreeMap<Option<String>, Vec<&FacetValue>>,
    open: &BTreeSet<&str>,
    above: Option<&str>,
) -> Option<Folders> {
    let mut values = below.get(&above.map(str::to_owned))?.clone();
    // What leads to a chosen folder stays in sight.
    values.sort_by_key(|value| !open.contains(value.value.as_str()));
    let opened = values
        .iter()
        .filter(|value| open.contains(value.value.as_str()))
        .count();
    let mut nodes = values.into_iter().map(|value| {
        let name = match above {
            Some(above) => value.value.get(above.len() + 1..).unwrap_or(&value.value),
            None => &value.value,
        };
        let choice = Choice {
            label: name.to_owned(),
            ..choice(FacetField::Map, value)
        };
        let below = if open.contains(value.value.as_str()) {
            level(below, open, Some(&value.value))
        } else {
            None
        };
        Node { choice, below }
    });
    let shown = nodes.by_ref().take(SHOWN.max(opened)).collect();
    let more = nodes.by_ref().take(MORE).collect();
    Some(Folders {
        nodes: shown,
        more,
        rest: rest(nodes.count()),
    })
}

fn years(values: &[FacetValue]) -> Option<Years> {
    let highest = values
        .iter()
        .map(|value| value.count)
        .max()
        .filter(|&highest| highest > 0)?;
    let bar = |value: &FacetValue| {
        // A year with one document among thousands still shows.
        let height = (value.count * BAR_HEIGHT / highest).max(u64::from(value.count > 0) * 2);
        Bar {
            year: value.value.clone(),
            count: labels::number(value.count),
            noun: if value.count == 1 {
                "document"
            } else {
                "documenten"
            },
            height,
            top: BAR_HEIGHT - height,
            chosen: value.chosen,
        }
    };
    let mut newest: Vec<&FacetValue> = values.iter().collect();
    newest.sort_by(|a, b| b.value.cmp(&a.value));
    Some(Years {
        bars: newest
            .iter()
            .take(BARS)
            .rev()
            .map(|value| bar(value))
            .collect(),
        earlier: newest.len() > BARS,
        table: newest
            .iter()
            .map(|value| choice(FacetField::Jaar, value))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[(&str, u64, bool)]) -> Vec<FacetValue> {
        list.iter()
            .map(|(value, count, chosen)| FacetValue {
                value: (*value).into(),
                count: *count,
                chosen: *chosen,
            })
            .collect()
    }

    #[test]
    fn chosen_values_come_first_and_stay_in_sight_at_zero() {
        let mut list: Vec<(String, u64, bool)> = (0..200)
            .map(|i| (format!("s{i}"), 300 - i, false))
            .collect();
        list.push(("gekozen".into(), 0, true));
        let list: Vec<(&str, u64, bool)> =
            list.iter().map(|(v, c, k)| (v.as_str(), *c, *k)).collect();
        let group = group(FacetField::Soort, &values(&list), &Filters::new()).expect("group");
        assert_eq!(group.shown[0].value, "gekozen");
        assert_eq!((group.shown.len(), group.more.len()), (8, 100));
        assert_eq!(group.rest, "En nog 93 andere waarden.");
    }

    #[test]
    fn months_come_with_their_year() {
        let months = values(&[("2021-06", 3, false), ("2020-01", 1, false)]);
        assert!(group(FacetField::Maand, &months, &Filters::new()).is_none());
        let filters = Filters::from([(FacetField::Jaar, BTreeSet::from(["2021".to_owned()]))]);
        let group = group(FacetField::Maand, &months, &filters).expect("months");
        assert_eq!(group.shown.len(), 1);
        assert_eq!(group.shown[0].label, "juni 2021");
    }

    #[test]
    fn the_tree_opens_along_the_chosen_folder() {
        let list = values(&[
            ("A", 9, false),
            ("A/x", 5, false),
            ("A/x/y", 2, true),
            ("A/z", 4, false),
            ("A/z/diep", 4, false),
            ("B", 1, false),
        ]);
        let tree = folders(&list).expect("tree");
        let names = |folders: &Folders| {
            folders
                .nodes
                .iter()
                .map(|n| n.choice.label.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&tree), ["A", "B"]);
        let a = tree.nodes[0].below.as_ref().expect("A is open");
        assert_eq!(names(a), ["x", "z"]);
        assert_eq!(names(a.nodes[0].below.as_ref().expect("x is open")), ["y"]);
        assert!(a.nodes[1].below.is_none());
        assert!(tree.nodes[1].below.is_none());
    }

    #[test]
    fn every_year_with_documents_has_a_bar_that_shows() {
        let years = years(&values(&[
            ("2021", 1000, false),
            ("2020", 1, false),
            ("2019", 0, true),
        ]))
        .expect("years");
        let heights: Vec<u64> = years.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [0, 2, BAR_HEIGHT]);
        assert_eq!(years.table[0].value, "2021");
    }
}
