// The operations that lie ready when the page opens.

/** GraphiQL's `defaultTabs`. */
export const tabs = [
  {
    query: `# What is going on in your queues, and who is waiting.
query Ongoing {
  viewer {
    subject
    roles
  }
  ongoingConversations(first: 10) {
    totalCount
    edges {
      node {
        id
        state
        channel
        waitingSince
        sentiment {
          level
          score
        }
      }
    }
  }
}
`,
  },
  {
    query: `# How customers feel, as it changes.
# To go on where you stopped, give the last cursor as \`after\`.
subscription SentimentChanges {
  sentimentChanges {
    cursor
    conversation {
      id
      sentiment {
        level
      }
    }
  }
}
`,
  },
];
