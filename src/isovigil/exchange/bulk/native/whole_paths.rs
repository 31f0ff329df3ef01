//! Which lines are byte for byte like one of a known template, but for what no template holds?
//!
//! The values that make a template are the same in all its lines, so here they belong to the texts between the other
//! values: a line is compared in few long pieces, and nothing has to be collected to find its template. Texts that
//! begin alike are kept once, and part at the first byte in which they differ.
//!
//! All texts stand in one run of bytes, and of a node little more is kept than where its own begins: thousands of
//! nodes are met again and again, and should stay near the processor.

use crate::example::Hole;

const MOST_BYTES: usize = 16 * 1024 * 1024;
const OF_A_NODE: usize = std::mem::size_of::<Node>();
const NONE: u32 = u32::MAX;

/// What is known of lines that came this way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    /// The number of their template.
    pub template: u32,
    /// The node of the other tree at which such lines end; it belongs to the key of their performers.
    pub node: usize,
}

/// What follows a text.
pub enum Step {
    Hole(Hole, usize),
    End(End),
}

struct Node {
    /// Its text, among all texts.
    begin: u32,
    length: u32,
    /// The next byte where texts go on, and the node that begins with it.
    first: (u8, u32),
    /// The place of a value's kind among the holes, and of the node behind it.
    hole: (u8, u32),
    /// The place among the ends.
    end: u32,
    /// Where texts go on differently: more of what `first` says.
    others: Vec<(u8, u32)>,
}

impl Node {
    fn of(begin: usize, length: usize) -> Node {
        Node {
            begin: begin as u32,
            length: length as u32,
            first: (0, NONE),
            hole: (0, NONE),
            end: NONE,
            others: Vec::new(),
        }
    }

    /// The node that begins with a byte.
    fn after(&self, byte: u8) -> Option<usize> {
        if self.first.0 == byte && self.first.1 != NONE {
            return Some(self.first.1 as usize);
        }
        self.others.iter().find(|(first, _)| *first == byte).map(|(_, place)| *place as usize)
    }

    fn go_on(&mut self, byte: u8, place: usize) {
        let further = (byte, place as u32);
        if self.first.1 == NONE {
            self.first = further;
        } else {
            self.others.push(further);
        }
    }
}

/// The paths of whole lines, a template each.
pub struct WholePaths {
    nodes: Vec<Node>,
    texts: Vec<u8>,
    holes: Vec<Hole>,
    ends: Vec<End>,
}

impl WholePaths {
    pub fn new() -> WholePaths {
        WholePaths { nodes: vec![Node::of(0, 0)], texts: Vec::new(), holes: Vec::new(), ends: Vec::new() }
    }

    /// Follow the texts from a node on: how long they are, and what comes then. Nothing where no text goes on like this.
    pub fn step(&self, node: usize, text: &[u8]) -> Option<(usize, Step)> {
        let (mut node, mut at) = (&self.nodes[node], 0);
        loop {
            if let Some(place) = text.get(at).and_then(|byte| node.after(*byte)) {
                node = &self.nodes[place];
                let known = self.text_of(node);
                if !text[at..].starts_with(known) {
                    return None;
                }
                at += known.len();
            } else if node.hole.1 != NONE {
                let (hole, then) = node.hole;
                return Some((at, Step::Hole(self.holes[hole as usize], then as usize)));
            } else {
                return self.ends.get(node.end as usize).map(|end| (at, Step::End(*end)));
            }
        }
    }

    fn text_of(&self, node: &Node) -> &[u8] {
        &self.texts[node.begin as usize..][..node.length as usize]
    }

    /// Keep the path of a line: its values in their order, each with where it begins and ends, and its end.
    pub fn add(&mut self, line: &[u8], values: &[(usize, usize, Hole)], end: End) {
        if self.texts.len() + self.nodes.len() * OF_A_NODE > MOST_BYTES {
            return;
        }
        let (mut node, mut at) = (0, 0);
        for (begin, stop, hole) in values {
            node = self.grown(node, &line[at..*begin]);
            let kind = self.place_of(*hole);
            let (known, then) = self.nodes[node].hole;
            if then == NONE {
                let next = self.nodes.len();
                self.nodes[node].hole = (kind, next as u32);
                self.nodes.push(Node::of(0, 0));
                node = next;
            } else if known == kind {
                node = then as usize;
            } else {
                // What stands here is a text in one line and a number in another. Such lines go the other way.
                return;
            }
            at = *stop;
        }
        node = self.grown(node, &line[at..]);
        match self.ends.get_mut(self.nodes[node].end as usize) {
            Some(known) => *known = end,
            None => {
                self.nodes[node].end = self.ends.len() as u32;
                self.ends.push(end);
            }
        }
    }

    /// The place of a kind of value. There are hardly more than there are roles.
    fn place_of(&mut self, hole: Hole) -> u8 {
        let known = self.holes.iter().position(|each| *each == hole);
        known.unwrap_or_else(|| {
            self.holes.push(hole);
            self.holes.len() - 1
        }) as u8
    }

    /// The node at which a text ends that begins at another; made where there is none.
    fn grown(&mut self, from: usize, text: &[u8]) -> usize {
        let (mut node, mut rest) = (from, text);
        while let Some(first) = rest.first() {
            node = match self.nodes[node].after(*first) {
                None => {
                    let next = self.nodes.len();
                    self.nodes[node].go_on(*first, next);
                    self.nodes.push(Node::of(self.texts.len(), rest.len()));
                    self.texts.extend_from_slice(rest);
                    return next;
                }
                Some(child) => {
                    let held = self.text_of(&self.nodes[child]);
                    let alike = held.iter().zip(rest).take_while(|(one, other)| one == other).count();
                    if alike < held.len() {
                        self.part(child, alike);
                    }
                    rest = &rest[alike..];
                    child
                }
            };
        }
        node
    }

    /// Let a node end after some bytes of its text; what came after it goes to a node of its own.
    fn part(&mut self, node: usize, length: usize) {
        let next = self.nodes.len();
        let begin = self.nodes[node].begin as usize;
        let mut before = Node::of(begin, length);
        before.go_on(self.texts[begin + length], next);
        let mut after = std::mem::replace(&mut self.nodes[node], before);
        after.begin += length as u32;
        after.length -= length as u32;
        self.nodes.push(after);
    }
}
