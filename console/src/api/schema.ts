// What the API takes and answers, as its description says it: the TypeScript client has it.
export type { components, paths } from '../../../clients/typescript/src/schema';
