import type {
  Agent,
  AskedCall,
  FoldedStep,
  Json,
  JsonObject,
  Message,
  Part,
  Run,
  StepKind,
  WaitEnd,
} from '../model/index.ts';

/** What an agent is given to work with: one turn of a conversation. */
export interface Turn {
  readonly run: Run;
  readonly agent: Agent;
  /** The message to answer. */
  readonly input: Message;
  /** All messages that were sent to start the run, oldest first; `input` is the last. Almost always it is the only one. */
  readonly inputs: readonly Message[];
  /** The context variables that the agent declared, system variables (`wxo_…`) included. */
  readonly context: JsonObject;
  /** 1 at the first attempt; more after a crash or an answer to a question. */
  readonly attempt: number;
  /**
   * Length of the text (`textOf` of each message, in UTF-16 code units) that earlier attempts of this run already put in the log; 0 at the first
   * attempt. A runtime that paces itself does not wait again for text that stands there.
   */
  readonly said: number;
  /**
   * What the signer of the person's token says of them for the server alone (`user_payload`: a name, an id, a token of a login), decrypted now. Undefined when there is nothing, and
   * for agents that do not declare the context variable `wxo_user_payload`. Secret: not to be said, recorded or given to a model. Absent: there never is any.
   */
  userPayload?(): Promise<JsonObject | undefined>;
  /** Names of the agents that handed over to this one, the first one first. Absent for the agent that answers the person. */
  readonly callers?: readonly string[];
  /** The messages of the thread before `input`, those sent together with it included, oldest first, at most `limit` (default 200) of the newest. */
  history(limit?: number): Promise<readonly Message[]>;
}

/** What a step is, for those who watch. */
export interface StepInfo {
  readonly kind: StepKind;
  /** Machine-readable name, e.g. of the tool. */
  readonly name: string;
  /** One line for people, without its inputs: visitors read it. */
  readonly title: string;
  readonly input?: Json;
}

/** Does a step: its signal aborts with the run, `show` tells of the progress, the id is the same in every attempt. */
export type StepWork<T> = (signal: AbortSignal, show: (text: string) => void, stepId: string) => Promise<T> | T;

/**
 * How a runtime says something. Whatever is said goes to the log first and is shown after.
 *
 * A run may be entered several times: after a crash, and after every answer to a question. A runtime then simply starts over and
 * says the same things in the same order; what the log already has is not said twice, a finished step gives back its recorded
 * output without working again, and an answered question gives back its answer at once. Only text that differs from what was
 * said before in an unfinished message begins that message anew.
 *
 * Every call rejects or throws once the run is cancelled, waits for a person, or belongs to another worker; a runtime lets that error
 * pass.
 */
export interface Emit {
  /** Appends text to the open message (one is opened if none is). Returns at once; coalesced before it is logged. */
  text(text: string): void;
  /** Adds a whole part to the open message. */
  part(part: Part): Promise<void>;
  /** Closes the open message, if any. The end of the run does the same. */
  endMessage(): Promise<void>;
  /** One whole message: closes the open one first. */
  message(parts: readonly Part[]): Promise<void>;
  /**
   * A visible unit of work that is done once, whatever happens. `work` gets a signal that aborts with the run, a function that shows
   * text of the step in progress, and the step's id, the same in every attempt. Its result is recorded; an error it throws is recorded too and thrown again.
   */
  step<T extends Json | undefined>(info: StepInfo, work: StepWork<T>): Promise<T>;
  /** Asks the person and waits, for days if need be: gives back the answer in the entry that follows it. */
  ask(question: readonly Part[], options?: AskOptions): Promise<Message>;
  /**
   * For steps and questions inside of an open step: `s2/s1` is the first step inside of `s2`. They have an order of their own, so that steps with steps inside can
   * work at the same time. Once the outer step is done they are passed over together with it.
   */
  within(stepId: string): InnerEmit;
  /** Changes context variables; the end of the run reports them to the client. */
  setContext(values: JsonObject): Promise<void>;
  /**
   * The thread's state: as the run found it at its first call, and as it set it since; undefined when there is none. An `AgentError` `state_unavailable`
   * when the client keeps it where it cannot be read.
   */
  state(): Promise<Json | undefined>;
  /** Leaves a state for the next run of the thread, at most 262,144 characters of JSON. Of runs at the same time the last one counts. */
  setState(state: Json): Promise<void>;
  /** An event of the agent's own, for programs that know it. It is no part of a message. */
  custom(value: JsonObject): Promise<void>;
  /** Resolves once everything said so far is in the log. */
  flush(): Promise<void>;
}

/** What is to be known of a question beside its words. */
export interface AskOptions {
  /**
   * When it is over: milliseconds after it was asked, and whether the run then goes on with an answer that is `expired` or fails with `answer_timeout`. Default:
   * `EngineSettings.waitMs` holds, and the run fails.
   */
  readonly expires?: { readonly afterMs: number; readonly action: WaitEnd['action'] };
  /** The calls of tools that it is about, for programs that show or decide them. */
  readonly calls?: readonly AskedCall[];
}

/** What can be said inside of a step. */
export type InnerEmit = Pick<Emit, 'step' | 'ask' | 'within'>;

/** Turns one turn of a conversation into what is emitted. */
export interface Runtime {
  /**
   * Answers the turn. Returning completes the run; throwing `AgentError` fails it with that code and message; throwing anything else
   * fails it with `agent_failed`. `signal` aborts when the run is cancelled or the server stops: whatever is open must then be closed.
   */
  run(turn: Turn, emit: Emit, signal: AbortSignal): Promise<void>;
  /**
   * What to do with a run whose worker died: `restart` enters it again, `fail` ends it with `run_lost`.
   */
  readonly recovery: 'restart' | 'fail';
  /**
   * Told of a run that was cancelled while nobody worked on it, because it waited for a person or its worker had died. `steps` are those of its log. For
   * work that goes on elsewhere: the run has ended, whatever this does.
   */
  cancelled?(steps: readonly FoldedStep[]): Promise<void>;
}

/** The agents of the project, as of now. */
export interface AgentDirectory {
  /** All agents, hidden ones too, in the order of their names. */
  list(): readonly Agent[];
  /** By id or by name. */
  find(idOrName: string): Agent | undefined;
  /** The agent that answers when a client names none: the project's default, else the first that is not hidden. */
  default(): Agent | undefined;
  /** The runtime of an agent; undefined when its file names one that does not exist. */
  runtime(agent: Agent): Runtime | undefined;
}
