// The format of a program file, as far as forms need it: what a section has, what a field takes.
import { useQuery } from '@tanstack/react-query';
import { api, data } from '../../api/client';

export type Shape = {
  type?: string;
  description?: string;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  items?: Shape;
  required?: string[];
  examples?: unknown[];
  minimum?: number;
  pattern?: string;
  const?: unknown;
  oneOf?: Shape[];
  anyOf?: Shape[];
};

export function useSchema() {
  return useQuery({ queryKey: ['program', 'schema'], queryFn: () => data(api.GET('/v1/programs/schema')) as Promise<Shape>, staleTime: Infinity });
}

export type Form = 'once' | 'named' | 'many';

/** How often a section may stand in a file, and what stands in it. */
export function sectionOf(schema: Shape | undefined, section: string): { form: Form; fields: Shape; about: string } | undefined {
  const shape = schema?.properties?.[section];
  if (!shape) return undefined;
  const about = shape.description ?? '';
  if (shape.type === 'array') return { form: 'many', fields: shape.items ?? {}, about };
  if (shape.properties) return { form: 'once', fields: shape, about };
  return typeof shape.additionalProperties === 'object' && shape.additionalProperties.properties ? { form: 'named', fields: shape.additionalProperties, about } : { form: 'once', fields: shape, about };
}

/** What a field takes: `keep.until` is looked for within `keep`. */
export function fieldOf(fields: Shape | undefined, key: string): Shape | undefined {
  const [first = '', ...rest] = key.split('.');
  const own = (shape: Shape | undefined): Shape | undefined => shape?.properties?.[first] ?? [...(shape?.anyOf ?? []), ...(shape?.oneOf ?? [])].map(own).find(Boolean);
  const found = own(fields);
  return rest.length === 0 || !found ? found : fieldOf(found, rest.join('.'));
}

/** The words that a field takes, each with its meaning; nothing where it takes others as well. */
export function wordsOf(shape: Shape | undefined): { word: string; means: string }[] {
  const all = shape?.oneOf ?? [];
  return all.length > 0 && all.every((it) => typeof it.const === 'string') ? all.map((it) => ({ word: it.const as string, means: it.description ?? '' })) : [];
}

/** A text as TOML writes it. */
export const quoted = (text: string) => JSON.stringify(text);

/** Something to begin with where a field is added: it may have to be changed before it is right. */
export function first(shape: Shape | undefined): string {
  if (!shape) return '""';
  if (shape.examples?.[0] !== undefined && typeof shape.examples[0] !== 'object') return JSON.stringify(shape.examples[0]);
  const word = wordsOf(shape)[0];
  if (word) return quoted(word.word);
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.type === 'boolean') return 'true';
  if (shape.type === 'integer' || shape.type === 'number') return String(Math.max(1, shape.minimum ?? 1));
  if (shape.type === 'array') return '[]';
  if (shape.type === 'object') return '{}';
  const other = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])][0];
  return other ? first(other) : '""';
}

/** A new part of a section, to be put at the end of a file. */
export function newPart(section: string, id: string, found: { form: Form; fields: Shape }): string {
  const head = found.form === 'many' ? `[[${section}]]` : found.form === 'named' ? `[${section}.${id}]` : `[${section}]`;
  const needed = (found.fields.required ?? []).filter((key) => key !== 'id');
  const rows = [...(found.fields.properties?.['id'] && found.form === 'many' ? [`id = ${quoted(id)}`] : []), ...needed.map((key) => `${key} = ${first(found.fields.properties?.[key])}`)];
  return `\n${head}\n${rows.map((row) => `${row}\n`).join('')}`;
}
