// Shortcodes people use most. An unknown one stays as typed, as in Slack.

import { h } from "./dom.js";

const TABLE = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂
rolling_on_the_floor_laughing 🤣 rofl 🤣 slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊
innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 zany_face 🤪 hugging_face 🤗
thinking_face 🤔 thinking 🤔 zipper_mouth_face 🤐 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏
unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷
nerd_face 🤓 sunglasses 😎 confused 😕 worried 😟 slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳
pleading_face 🥺 cry 😢 sob 😭 scream 😱 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠
exploding_head 🤯 partying_face 🥳 skull 💀 ghost 👻 robot_face 🤖 wave 👋 raised_hand ✋ ok_hand 👌 v ✌️
crossed_fingers 🤞 point_up ☝️ point_right 👉 point_left 👈 point_down 👇 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎
fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 muscle 💪 writing_hand ✍️ eyes 👀
brain 🧠 salute 🫡 saluting_face 🫡 heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙
purple_heart 💜 broken_heart 💔 sparkles ✨ star ⭐ star2 🌟 boom 💥 fire 🔥 zap ⚡ rainbow 🌈 sunny ☀️ cloud ☁️
rain_cloud 🌧️ snowflake ❄️ ocean 🌊 seedling 🌱 evergreen_tree 🌲 deciduous_tree 🌳 herb 🌿 four_leaf_clover 🍀
maple_leaf 🍁 sunflower 🌻 tulip 🌷 cat 🐱 dog 🐶 fox_face 🦊 bear 🐻 panda_face 🐼 penguin 🐧 duck 🦆 owl 🦉
turtle 🐢 octopus 🐙 whale 🐳 crab 🦀 bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 apple 🍎 lemon 🍋 banana 🍌 strawberry 🍓
avocado 🥑 bread 🍞 cheese_wedge 🧀 pizza 🍕 hamburger 🍔 taco 🌮 sushi 🍣 cookie 🍪 doughnut 🍩 birthday 🎂 cake 🍰
coffee ☕ tea 🍵 beer 🍺 beers 🍻 champagne 🍾 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅
first_place_medal 🥇 dart 🎯 soccer ⚽ guitar 🎸 musical_note 🎵 art 🎨 camera 📷 movie_camera 🎥 house 🏠 office 🏢
anchor ⚓ boat ⛵ sailboat ⛵ ship 🚢 lighthouse 🗼 rocket 🚀 airplane ✈️ car 🚗 bike 🚲 train 🚆 bus 🚌 truck 🚚
construction 🚧 rotating_light 🚨 traffic_light 🚥 world_map 🗺️ watch ⌚ alarm_clock ⏰ stopwatch ⏱️
hourglass ⌛ hourglass_flowing_sand ⏳ calendar 📆 date 📅 spiral_calendar_pad 🗓️ phone ☎️ iphone 📱 computer 💻
desktop_computer 🖥️ keyboard ⌨️ printer 🖨️ floppy_disk 💾 cd 💿 battery 🔋 electric_plug 🔌 bulb 💡
flashlight 🔦 moneybag 💰 credit_card 💳 gem 💎 wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩
link 🔗 paperclip 📎 scissors ✂️ lock 🔒 unlock 🔓 key 🔑 shield 🛡️ microscope 🔬 telescope 🔭 satellite 📡 pill 💊
package 📦 mailbox 📫 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 pencil 📝 memo 📝 pencil2 ✏️
page_facing_up 📄 clipboard 📋 bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉
file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ books 📚 book 📖 bookmark 🔖 label 🏷️ pushpin 📌
round_pushpin 📍 mag 🔍 mag_right 🔎 mega 📣 loudspeaker 📢 bell 🔔 no_bell 🔕 speech_balloon 💬 thought_balloon 💭
wastebasket 🗑️ recycle ♻️ white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌
negative_squared_cross_mark ❎ heavy_plus_sign ➕ heavy_minus_sign ➖ question ❓ exclamation ❗ warning ⚠️
no_entry ⛔ no_entry_sign 🚫 sos 🆘 100 💯 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
arrows_counterclockwise 🔄 repeat 🔁 fast_forward ⏩ arrow_forward ▶️ double_vertical_bar ⏸️
black_square_for_stop ⏹️ information_source ℹ️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫ large_green_square 🟩
large_red_square 🟥 large_yellow_square 🟨 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ new 🆕 ok 🆗 up 🆙
cool 🆒 free 🆓 checkered_flag 🏁 triangular_flag_on_post 🚩 white_flag 🏳️ crossed_flags 🎌 mortar_board 🎓
briefcase 💼 technologist 🧑‍💻 woman-shrugging 🤷‍♀️ man-shrugging 🤷‍♂️ shrug 🤷 facepalm 🤦 bow 🙇 runner 🏃
dancer 💃 family 👪 busts_in_silhouette 👥 bust_in_silhouette 👤 detective 🕵️ performing_arts 🎭 ferry ⛴️
newspaper 📰 seal 🦭 telephone_receiver 📞 umbrella ☔
`;

const words = TABLE.trim().split(/\s+/);
const EMOJI = new Map(words.flatMap((word, index) => (index % 2 ? [] : [[word, words[index + 1]]])));

export const FREQUENT = [
  "thumbsup",
  "white_check_mark",
  "eyes",
  "tada",
  "pray",
  "heart",
  "joy",
  "fire",
  "rocket",
  "thinking_face",
  "raised_hands",
  "wave",
  "100",
  "bulb",
  "warning",
  "x",
  "hourglass_flowing_sand",
  "coffee",
  "seedling",
  "anchor",
  "memo",
  "mag",
  "bug",
  "sparkles",
];

const toneOf = (code) => code.match(/::skin-tone-([2-6])$/)?.[1];

export function emojiCharacter(code) {
  const tone = toneOf(code);
  const base = EMOJI.get(code.replace(/::skin-tone-[2-6]$/, ""));
  if (!base || !tone) return base ?? null;
  return base.replace("\uFE0F", "") + String.fromCodePoint(0x1f3fb + Number(tone) - 2);
}

/** null when the code is unknown: the text around it then keeps it. */
export function emojiNode(code) {
  const character = emojiCharacter(code);
  return (
    character &&
    h("span.emoji", { role: "img", aria: { label: `${code} emoji` }, title: `:${code}:` }, character)
  );
}

export function findEmoji(query, limit = 8) {
  const wanted = query.toLowerCase();
  const matches = [...EMOJI.keys()].filter((code) => code.includes(wanted));
  return matches.sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted))).slice(0, limit);
}
