import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { Answer, Conversation, Effort, MessageItem, Run } from "./model";

const LIST = ["conversations"] as const;
const PAGE = 30;

/** Conversations of the caller, the latest first, page by page. */
export function useConversations() {
  return useInfiniteQuery({
    queryKey: LIST,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/conversations", {
          params: { query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }): Conversation[] => pages.flatMap((page) => page.items),
  });
}

/** One conversation. */
export function useConversation(id: string | undefined) {
  return useQuery({
    queryKey: ["conversation", id],
    enabled: id !== undefined,
    queryFn: () => read(api.GET("/api/v1/conversations/{id}", { params: { path: { id: id ?? "" } } })),
  });
}

const messagesKey = (id: string | undefined) => ["conversation", id, "messages"];

/** Messages of a conversation, oldest first, each with its run. */
export function useMessages(id: string | undefined) {
  return useQuery({
    queryKey: messagesKey(id),
    enabled: id !== undefined,
    queryFn: () => read(api.GET("/api/v1/conversations/{id}/messages", { params: { path: { id: id ?? "" } } })),
    select: (list): MessageItem[] => list.items,
  });
}

/** Reads a conversation anew, its place and title in the list included. */
export function refreshConversation(queries: QueryClient, id: string) {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["conversation", id] }),
    queries.invalidateQueries({ queryKey: LIST }),
  ]);
}

/** Asks a question: in a conversation that there is, or in a new one over a data source. */
export function useAsk() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ conversation, source, question, effort }: AskInput): Promise<Run> => {
      const id =
        conversation ?? (await read(api.POST("/api/v1/conversations", { body: { source_id: source } }))).id;
      try {
        const body = { question, ...(effort === undefined ? {} : { effort }) };
        return await read(api.POST("/api/v1/conversations/{id}/runs", { params: { path: { id } }, body }));
      } catch (error) {
        // A conversation that never got its first question would only litter the list.
        if (conversation === undefined) await api.DELETE("/api/v1/conversations/{id}", { params: { path: { id } } });
        throw error;
      }
    },
    onSuccess: (run) => refreshConversation(queries, run.conversation_id),
  });
}

/** What is asked, and where. */
export interface AskInput {
  conversation: string | undefined;
  source: string;
  question: string;
  /** How much it may cost; the server's own choice where none is given. */
  effort: Effort | undefined;
}

/** Gives a conversation another title. */
export function useRenameConversation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      read(api.PATCH("/api/v1/conversations/{id}", { params: { path: { id } }, body: { title } })),
    onSuccess: (conversation) => refreshConversation(queries, conversation.id),
  });
}

/** Deletes a conversation with all that was said in it. */
export function useDeleteConversation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      await api.DELETE("/api/v1/conversations/{id}", { params: { path: { id } } });
      return id;
    },
    onSuccess: async (id) => {
      queries.removeQueries({ queryKey: ["conversation", id] });
      await queries.invalidateQueries({ queryKey: LIST });
    },
  });
}

/** Puts an answer that the event stream brought into the thread, so that it shows before it is read anew. */
export function showAnswer(queries: QueryClient, run: Run, answer: Answer) {
  queries.setQueryData<{ items: MessageItem[] }>(messagesKey(run.conversation_id), (list) =>
    list && {
      ...list,
      items: list.items.map((item) =>
        item.run?.id === run.id ? { ...item, run: { ...item.run, status: answer.status, answer } } : item,
      ),
    },
  );
}
