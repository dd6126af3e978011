//! Where in one text a plan matches, given where its terms stand. Owns the meaning of side by side, NEAR and
//! `binnen:`; every combination is looked at, none is skipped for being longer or shorter than another. Shared by
//! the engine, which decides with it, and by the highlighter, which marks with it. Never reads an index or a text.
//!
//! The distance of NEAR is between facing ends: two texts that overlap are not near each other.

use super::{Leaf, Near, Node};
use std::collections::HashSet;
use zv_analyzers::Unit;

/// The positions of the first and the last word of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Of the first word.
    pub from: u32,
    /// Of the last word.
    pub to: u32,
}

/// Where terms stand in one text.
pub trait Places {
    /// The positions, ascending and each once, where any of the terms of a step stands. The step behind the last is
    /// what does not count.
    fn step(&mut self, leaf: usize, alternative: usize, step: usize) -> Vec<u32>;
    /// The positions, ascending, where a unit begins.
    fn starts(&mut self, unit: Unit) -> Vec<u32>;
}

/// Whether `node` holds within the text. A node that no text alone can decide (a date, a family) is taken to hold.
pub fn found(node: &Node, leaves: &[Leaf], places: &mut dyn Places) -> bool {
    let mut all = |nodes: &[Node], wanted: usize| {
        let mut met = 0;
        nodes.iter().any(|node| {
            met += usize::from(found(node, leaves, places));
            met >= wanted
        })
    };
    match node {
        Node::Leaf(_) | Node::Near(_) => !spans(node, leaves, places).is_empty(),
        Node::And(parts) => all(parts, parts.len()),
        Node::Or(parts) => all(parts, 1),
        Node::AtLeast(n, parts) => all(parts, *n),
        Node::Not(inner) => !found(inner, leaves, places),
        Node::Within(unit, inner) => {
            let units = Units::new(places.starts(*unit));
            let held = units.holding(inner, leaves, places);
            // Nothing stands before the first unit, so there is none: not even one without some word.
            held.into_iter().skip(1).any(|held| held)
        }
        Node::All | Node::Family(_) | Node::Format(_) | Node::Date(_) | Node::Number(..) => true,
    }
}

/// Whether words that stand at `left` and `right`, ascending, are near each other: what [`found`] says of two words.
pub fn words_near(near: &Near, left: &[u32], right: &[u32]) -> bool {
    let follows = |first: &[u32], second: &[u32]| {
        let mut behind = second.iter().copied().peekable();
        first.iter().any(|a| {
            while behind.next_if(|b| b <= a).is_some() {}
            behind.peek().is_some_and(|b| b - a <= near.distance)
        })
    };
    follows(left, right) || !near.ordered && follows(right, left)
}

/// Whether words stand side by side somewhere, given where each of them stands, ascending: what [`found`] says of one
/// text of several words.
pub fn side_by_side(words: &[&[u32]]) -> bool {
    let Some((first, others)) = words.split_first() else {
        return false;
    };
    first.iter().any(|start| {
        let mut others = (1..).zip(others);
        others.all(|(step, there)| there.binary_search(&(start + step)).is_ok())
    })
}

/// What there is to mark: each leaf's spans that a hit owes itself to, with the number of the leaf and the
/// alternative. Nothing under NIET, of NEAR only what is near, of `binnen:` only what is within.
pub fn marked(node: &Node, leaves: &[Leaf], places: &mut dyn Places) -> Vec<(usize, usize, Span)> {
    let mut marker = Marker {
        leaves,
        places,
        out: Vec::new(),
    };
    marker.mark(node, None, true);
    marker.out.sort_unstable();
    marker.out.dedup();
    marker.out
}

/// All spans of a leaf, of several, or of NEAR; sorted, each once.
fn spans(node: &Node, leaves: &[Leaf], places: &mut dyn Places) -> Vec<Span> {
    let mut out = Vec::new();
    match node {
        Node::Leaf(leaf) => {
            for (alternative, _) in leaves[*leaf].active() {
                out.extend(of_alternative(*leaf, alternative, leaves, places));
            }
        }
        Node::Or(parts) => {
            for part in parts {
                out.extend(spans(part, leaves, places));
            }
        }
        Node::Near(near) => {
            let (left, right) = sides(near, leaves, places);
            each_pair(near, &left, &right, |a, b| {
                out.push(Span {
                    from: a.from.min(b.from),
                    to: a.to.max(b.to),
                });
            });
        }
        _ => {}
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn sides(near: &Near, leaves: &[Leaf], places: &mut dyn Places) -> (Vec<Span>, Vec<Span>) {
    let left = spans(&near.left, leaves, places);
    if left.is_empty() {
        return (left, Vec::new());
    }
    let right = spans(&near.right, leaves, places);
    (left, right)
}

/// Consecutive positions with one of the terms of each step.
fn of_alternative(
    leaf: usize,
    alternative: usize,
    leaves: &[Leaf],
    places: &mut dyn Places,
) -> Vec<Span> {
    let steps = leaves[leaf].alternatives[alternative].steps.len();
    let mut starts = places.step(leaf, alternative, 0);
    for step in 1..steps {
        if starts.is_empty() {
            break;
        }
        let there = places.step(leaf, alternative, step);
        starts.retain(|start| there.binary_search(&(start + step as u32)).is_ok());
    }
    if !leaves[leaf].alternatives[alternative].except.is_empty() && !starts.is_empty() {
        let not = places.step(leaf, alternative, steps);
        starts.retain(|start| not.binary_search(start).is_err());
    }
    let length = steps.saturating_sub(1) as u32;
    let span = |from| Span {
        from,
        to: from + length,
    };
    starts.into_iter().map(span).collect()
}

/// Calls `pair` with every left and right that are near each other. `left` and `right` are sorted by their start.
fn each_pair(near: &Near, left: &[Span], right: &[Span], mut pair: impl FnMut(Span, Span)) {
    // Right spans that begin within reach behind a left one; and the other way round when the order is free.
    let mut facing = |first: &[Span], second: &[Span], swapped: bool| {
        for a in first {
            let begin = second.partition_point(|b| b.from <= a.to);
            let reach = a.to.saturating_add(near.distance);
            for b in second[begin..].iter().take_while(|b| b.from <= reach) {
                if swapped { pair(*b, *a) } else { pair(*a, *b) }
            }
        }
    };
    facing(left, right, false);
    if !near.ordered {
        facing(right, left, true);
    }
}

/// The sentences, paragraphs or pages of a text.
struct Units {
    starts: Vec<u32>,
}

impl Units {
    fn new(starts: Vec<u32>) -> Self {
        Units { starts }
    }

    fn of(&self, position: u32) -> usize {
        self.starts.partition_point(|start| *start <= position)
    }

    /// The unit that holds all of `span`.
    fn around(&self, span: Span) -> Option<usize> {
        let unit = self.of(span.from);
        (unit == self.of(span.to)).then_some(unit)
    }

    /// For each unit, whether `node` holds in it; the first value is of what stands before all
    /// units.
    fn holding(&self, node: &Node, leaves: &[Leaf], places: &mut dyn Places) -> Vec<bool> {
        let none = vec![false; self.starts.len() + 1];
        let counted = |parts: &[Node], wanted: usize, places: &mut dyn Places| {
            let mut counts = vec![0; none.len()];
            for part in parts {
                let held = self.holding(part, leaves, places);
                counts
                    .iter_mut()
                    .zip(held)
                    .for_each(|(count, held)| *count += usize::from(held));
            }
            counts.into_iter().map(|count| count >= wanted).collect()
        };
        match node {
            Node::Leaf(_) | Node::Near(_) => {
                let mut held = none.clone();
                for span in spans(node, leaves, places) {
                    if let Some(held) = self.around(span).and_then(|unit| held.get_mut(unit)) {
                        *held = true;
                    }
                }
                held
            }
            Node::And(parts) => counted(parts, parts.len(), places),
            Node::Or(parts) => counted(parts, 1, places),
            Node::AtLeast(n, parts) => counted(parts, *n, places),
            Node::Not(inner) => {
                let mut held = self.holding(inner, leaves, places);
                held.iter_mut().for_each(|held| *held = !*held);
                held
            }
            // The language allows nothing else here.
            _ => vec![true; none.len()],
        }
    }
}

struct Marker<'a> {
    leaves: &'a [Leaf],
    places: &'a mut dyn Places,
    out: Vec<(usize, usize, Span)>,
}

impl Marker<'_> {
    /// `only`: the spans that count; all when there is no such list.
    fn mark(&mut self, node: &Node, only: Option<&HashSet<Span>>, wanted: bool) {
        match node {
            Node::Leaf(leaf) if wanted => {
                for (alternative, _) in self.leaves[*leaf].active() {
                    let spans = of_alternative(*leaf, alternative, self.leaves, self.places);
                    let spans = spans
                        .into_iter()
                        .filter(|span| only.is_none_or(|only| only.contains(span)));
                    self.out
                        .extend(spans.map(|span| (*leaf, alternative, span)));
                }
            }
            Node::Near(near) if wanted => self.mark_near(near, only),
            Node::Within(unit, inner) if wanted => self.mark_within(*unit, inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                parts.iter().for_each(|part| self.mark(part, only, wanted));
            }
            Node::Not(inner) => self.mark(inner, None, !wanted),
            Node::Family(inner) => self.mark(inner, None, wanted),
            _ => {}
        }
    }

    fn mark_near(&mut self, near: &Near, only: Option<&HashSet<Span>>) {
        let (left, right) = sides(near, self.leaves, self.places);
        let (mut lefts, mut rights) = (HashSet::new(), HashSet::new());
        each_pair(near, &left, &right, |a, b| {
            let both = Span {
                from: a.from.min(b.from),
                to: a.to.max(b.to),
            };
            if only.is_none_or(|only| only.contains(&both)) {
                lefts.insert(a);
                rights.insert(b);
            }
        });
        self.mark(&near.left, Some(&lefts), true);
        self.mark(&near.right, Some(&rights), true);
    }

    fn mark_within(&mut self, unit: Unit, inner: &Node) {
        let units = Units::new(self.places.starts(unit));
        let held = units.holding(inner, self.leaves, self.places);
        let before = self.out.len();
        self.mark(inner, None, true);
        let inside = |span: Span| {
            let unit = units.around(span).and_then(|unit| held.get(unit));
            unit.copied().unwrap_or(false)
        };
        let kept: Vec<_> = self
            .out
            .drain(before..)
            .filter(|(.., span)| inside(*span))
            .collect();
        self.out.extend(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Alternative, Kind};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Where the words of two leaves, or of the steps of one, stand.
    struct Standing(Vec<Vec<u32>>);

    impl Places for Standing {
        fn step(&mut self, leaf: usize, _: usize, step: usize) -> Vec<u32> {
            self.0[leaf + step].clone()
        }

        fn starts(&mut self, _: Unit) -> Vec<u32> {
            Vec::new()
        }
    }

    fn leaf(steps: usize) -> Leaf {
        Leaf {
            text: String::new(),
            number: 0,
            field: None,
            wanted: true,
            alternatives: vec![Alternative {
                kind: Kind::Exact,
                text: String::new(),
                steps: vec![Vec::new(); steps],
                except: Vec::new(),
                lists: Vec::new(),
                on: true,
            }],
        }
    }

    fn positions() -> impl Strategy<Value = Vec<u32>> {
        prop::collection::btree_set(0..30_u32, 0..6)
            .prop_map(|set: BTreeSet<u32>| set.into_iter().collect())
    }

    proptest! {
        #[test]
        fn words_are_near_and_side_by_side_as_any_spans_are(
            words in prop::collection::vec(positions(), 2..4),
            distance in 1..8_u32,
            ordered: bool,
        ) {
            let near = Near { left: Node::Leaf(0), right: Node::Leaf(1), distance, ordered };
            let said = words_near(&near, &words[0], &words[1]);
            let mut standing = Standing(words.clone());
            let node = Node::Near(Box::new(near));
            prop_assert_eq!(said, found(&node, &[leaf(1), leaf(1)], &mut standing));
            let slices: Vec<&[u32]> = words.iter().map(Vec::as_slice).collect();
            let leaves = [leaf(words.len())];
            let long = found(&Node::Leaf(0), &leaves, &mut standing);
            prop_assert_eq!(side_by_side(&slices), long);
        }
    }
}
