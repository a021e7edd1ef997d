import { spawnSync, type SpawnSyncOptionsWithStringEncoding } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { clusterOwner } from '../../src/db/cluster-owner';

export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** What a built image would be: its files in a folder, its variables, and what it runs. */
export interface Image {
  readonly root: string;
  readonly workdir: string;
  readonly env: Record<string, string>;
  readonly user: string | null;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  readonly exposed: readonly string[];
}

/** Instructions of a Dockerfile in their order, comments and line breaks aside. */
export function readDockerfile(text: string): Instruction[] {
  return text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { word, rest };
    });
}

/** Who carries out a Dockerfile here: never root. */
export const builder = clusterOwner().identity;

interface Stage extends Omit<Image, 'env' | 'entrypoint' | 'command' | 'healthCheck' | 'exposed'> {
  readonly name: string;
  env: Record<string, string>;
  entrypoint: readonly string[];
  command: readonly string[];
  healthCheck: readonly string[];
  exposed: readonly string[];
  workdir: string;
  user: string | null;
}

/**
 * Carries out a Dockerfile without a container engine: each stage is a folder, each RUN a shell in it, as an
 * unprivileged user. Knows the instructions that are used and refuses any other.
 */
export class ContainerBuild {
  readonly folder = mkdtempSync(join(tmpdir(), 'postern-image-'));
  private readonly stages: Stage[] = [];
  private readonly env: Record<string, string>;

  constructor(private readonly context: string) {
    this.give(this.folder);
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.makeFolder(join(this.folder, 'home')),
      npm_config_cache: this.copyNpmCache(),
      npm_config_prefer_offline: 'true',
    };
  }

  // Of the tester's own, so that nothing is fetched twice and root's files stay root's.
  private copyNpmCache(): string {
    const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
    const copy = join(this.folder, 'npm-cache');
    const content = join(cache, '_cacache');
    if (existsSync(content)) cpSync(content, join(copy, '_cacache'), { recursive: true });
    return this.makeFolder(copy);
  }

  private makeFolder(path: string): string {
    mkdirSync(path, { recursive: true });
    this.give(path);
    return path;
  }

  run(instructions: readonly Instruction[]): Image {
    for (const instruction of instructions) this.carryOut(instruction);
    return this.stages.at(-1)!;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private carryOut({ word, rest }: Instruction): void {
    if (word === 'FROM') {
      const name = / AS (\w+)$/.exec(rest)?.[1] ?? `stage-${this.stages.length}`;
      const root = this.makeFolder(join(this.folder, name));
      const empty = { env: {}, entrypoint: [], command: [], healthCheck: [], exposed: [] };
      this.stages.push({ name, root, workdir: root, user: null, ...empty });
      return;
    }
    const stage = this.stages.at(-1)!;
    switch (word) {
      case 'WORKDIR':
        stage.workdir = this.makeFolder(join(stage.root, rest));
        return;
      case 'ENV':
        stage.env[rest.slice(0, rest.indexOf('='))] = rest.slice(rest.indexOf('=') + 1);
        return;
      case 'COPY':
        return this.copy(stage, rest);
      case 'RUN':
        return this.shell(stage, rest);
      case 'USER':
        stage.user = rest;
        return;
      case 'EXPOSE':
        stage.exposed = rest.split(' ');
        return;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(rest) as string[];
        return;
      case 'CMD':
        stage.command = JSON.parse(rest) as string[];
        return;
      case 'HEALTHCHECK':
        stage.healthCheck = JSON.parse(rest.slice(rest.indexOf(' CMD ') + 5)) as string[];
        return;
      default:
        throw new Error(`${word} is not carried out here`);
    }
  }

  private copy(stage: Stage, rest: string): void {
    const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
    const words = paths.split(' ');
    const target = join(stage.workdir, words.at(-1)!);
    const source = from ? this.stages.find(({ name }) => name === from)!.root : this.context;
    for (const path of words.slice(0, -1)) {
      const into = words.at(-1)!.endsWith('/') ? join(target, basename(path)) : target;
      cpSync(join(source, path), into, { recursive: true, verbatimSymlinks: true });
    }
    this.give(stage.workdir);
  }

  private shell(stage: Stage, command: string): void {
    const options: SpawnSyncOptionsWithStringEncoding = {
      cwd: stage.workdir,
      encoding: 'utf8',
      env: { ...this.env, ...stage.env },
      ...builder,
    };
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], options);
    if (status !== 0) throw new Error(`RUN ${command} ended with ${status}\n${stdout}\n${stderr}`);
  }

  private give(path: string): void {
    if (builder.uid === undefined) return;
    spawnSync('chown', ['-R', `${builder.uid}:${builder.gid ?? 0}`, path]);
  }
}

export function projectFile(name: string): string {
  return readFileSync(join(__dirname, '..', '..', name), 'utf8');
}
