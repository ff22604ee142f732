/** Resumable training state by name, one version each; written by `PolicyStore.apply`. */
export interface CheckpointStore {
  load(name: string): Promise<Uint8Array | undefined>;
}
