/** Number of created, changed and unchanged rows of a write. */
export interface PutResponse {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}
