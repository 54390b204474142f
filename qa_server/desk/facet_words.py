"""What the facets of an article are called: in the console, in lists, feeds and records. English is the key."""

from collections.abc import Mapping

from knowledge.models import QuestionType, ServiceTopic

TOPICS: Mapping[str, str] = {
    ServiceTopic.SPACES: "Hours, rooms and places",
    ServiceTopic.BORROWING: "Cards and borrowing",
    ServiceTopic.E_RESOURCES: "E-resources and access",
    ServiceTopic.SEARCHING: "Searching",
    ServiceTopic.DOCUMENT_DELIVERY: "Document delivery",
    ServiceTopic.CITATION_NOVELTY: "Citation and novelty search",
    ServiceTopic.THESES: "Theses",
    ServiceTopic.TRAINING: "Training",
    ServiceTopic.FEEDBACK: "Complaints and suggestions",
    ServiceTopic.OTHER: "Other",
}

QUESTION_TYPES: Mapping[str, str] = {
    QuestionType.POLICY: "Rule",
    QuestionType.FACT: "Fact",
    QuestionType.GUIDANCE: "Guidance",
    QuestionType.TOPIC: "Subject",
    QuestionType.TECHNICAL: "Technical",
}

CLC_CLASSES: Mapping[str, str] = {
    "A": "Marxism, Leninism",
    "B": "Philosophy, religion",
    "C": "Social sciences in general",
    "D": "Politics, law",
    "E": "Military science",
    "F": "Economics",
    "G": "Culture, science, education, sports",
    "H": "Languages",
    "I": "Literature",
    "J": "Art",
    "K": "History, geography",
    "N": "Natural sciences in general",
    "O": "Mathematics, physics, chemistry",
    "P": "Astronomy, earth sciences",
    "Q": "Biology",
    "R": "Medicine, health",
    "S": "Agriculture",
    "T": "Industrial technology",
    "U": "Transportation",
    "V": "Aviation, aerospace",
    "X": "Environment, safety",
    "Z": "General works",
}
