import { $api } from "@/api/client";
import type { NodeKind, PageWorkflow } from "@/api/schema.gen";
import { type Kinds, kindsByName } from "@/features/workflows/form/graph";

/** A workflow as lists have it. */
export type Listed = PageWorkflow["items"][number];

/** Node types change with what is published: seldom. */
const TYPES_FRESH_MS = 5 * 60_000;
const toKinds = (page: { items: NodeKind[] }): Kinds => kindsByName(page.items);

/** Every node type, by class. */
export const useKinds = () =>
  $api.useQuery("get", "/api/v1/nodes", {}, { staleTime: TYPES_FRESH_MS, select: toKinds });

/** Where a workflow is asked for: with the token of the link that one came by, if any. */
export const ofWorkflow = (id: string, link: string | undefined) => ({
  params: { path: { workflow_id: id }, ...(link ? { header: { "Workflow-Link": link } } : {}) },
});

export const workflowKey = (id: string, link: string | undefined) =>
  $api.queryOptions("get", "/api/v1/workflows/{workflow_id}", ofWorkflow(id, link)).queryKey;

export const useWorkflow = (id: string, link: string | undefined) =>
  $api.useQuery("get", "/api/v1/workflows/{workflow_id}", ofWorkflow(id, link));

/** Lists that show workflows: asked again when one has changed. */
export const LISTS = [
  ["get", "/api/v1/workflows"],
  ["get", "/api/v1/workflows/community"],
] as const;
