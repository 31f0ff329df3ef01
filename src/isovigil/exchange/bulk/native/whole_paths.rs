//! Which lines are byte for byte like one of a known template, but for what no template holds?
//!
//! The values that make a template are the same in all its lines, so here they belong to the texts between the other
//! values: a line is compared in few long pieces, and nothing has to be collected to find its template. Texts that
//! begin alike are kept once, and part at the first byte in which they differ.

use crate::example::Hole;

const MOST_BYTES: usize = 16 * 1024 * 1024;
const OF_A_NODE: usize = 128;

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

#[derive(Default)]
struct Node {
    text: Box<[u8]>,
    /// Where texts go on differently: the next byte, and the node that begins with it.
    further: Vec<(u8, usize)>,
    hole: Option<(Hole, usize)>,
    end: Option<End>,
}

/// The paths of whole lines, a template each.
pub struct WholePaths {
    nodes: Vec<Node>,
    bytes: usize,
}

impl WholePaths {
    pub fn new() -> WholePaths {
        WholePaths { nodes: vec![Node::default()], bytes: 0 }
    }

    /// Follow the texts from a node on: how long they are, and what comes then. Nothing where no text goes on like this.
    pub fn step(&self, node: usize, text: &[u8]) -> Option<(usize, Step)> {
        let (mut node, mut at) = (&self.nodes[node], 0);
        loop {
            let next = text.get(at).and_then(|byte| node.further.iter().find(|(first, _)| first == byte));
            if let Some((_, place)) = next {
                node = &self.nodes[*place];
                if !text[at..].starts_with(&node.text) {
                    return None;
                }
                at += node.text.len();
            } else if let Some((hole, then)) = node.hole {
                return Some((at, Step::Hole(hole, then)));
            } else {
                return node.end.map(|end| (at, Step::End(end)));
            }
        }
    }

    /// Keep the path of a line: its values in their order, each with where it begins and ends, and its end.
    pub fn add(&mut self, line: &[u8], values: &[(usize, usize, Hole)], end: End) {
        if self.bytes > MOST_BYTES {
            return;
        }
        let (mut node, mut at) = (0, 0);
        for (begin, stop, hole) in values {
            node = self.grown(node, &line[at..*begin]);
            let next = self.nodes.len();
            match self.nodes[node].hole {
                Some((known, then)) if known == *hole => node = then,
                // What stands here is a text in one line and a number in another. Such lines go the other way.
                Some(_) => return,
                None => {
                    self.nodes[node].hole = Some((*hole, next));
                    self.push(Node::default());
                    node = next;
                }
            }
            at = *stop;
        }
        node = self.grown(node, &line[at..]);
        self.nodes[node].end = Some(end);
    }

    /// The node at which a text ends that begins at another; made where there is none.
    fn grown(&mut self, from: usize, text: &[u8]) -> usize {
        let (mut node, mut rest) = (from, text);
        while let Some(first) = rest.first() {
            let known = self.nodes[node].further.iter().find(|(byte, _)| byte == first);
            node = match known.map(|(_, place)| *place) {
                None => {
                    let next = self.nodes.len();
                    self.nodes[node].further.push((*first, next));
                    self.push(Node { text: rest.into(), ..Node::default() });
                    return next;
                }
                Some(child) => {
                    let held = &self.nodes[child].text;
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
        let whole = std::mem::take(&mut self.nodes[node]);
        self.nodes[node].text = whole.text[..length].into();
        self.nodes[node].further.push((whole.text[length], next));
        self.bytes -= whole.text.len() - length;
        self.push(Node { text: whole.text[length..].into(), ..whole });
    }

    fn push(&mut self, node: Node) {
        self.bytes += node.text.len() + OF_A_NODE;
        self.nodes.push(node);
    }
}
